-- branches: those a source describes or a layout names, and every other code that is used.

insert into branches by name

with

used as (
    select branch_code from loan_events
    union
    select branch_code from card_events
    union
    select branch_code from items
    union
    select home_branch as branch_code from readers
    union
    select branch_code from visits
    union
    select branch_code from events
    union
    select branch_code from feedback
    union
    select branch_code from requests
    union
    select branch_code from opening_hours
    union
    select branch_code from holdings
    union
    select branch as branch_code from named_branches
    union
    select branch as branch_code from records.branches
),

known as (
    select
        used.branch_code,
        coalesce(branches.name_zh, named_branches.name_zh, branches.name_en, used.branch_code)
            as name_zh,
        coalesce(branches.name_en, named_branches.name_en, branches.name_zh, used.branch_code)
            as name_en,
        branches.is_main,
        branches.floor_area_m2,
        branches.seat_count,
        branches.opened_on
    from used
    left join records.branches as branches on used.branch_code = branches.branch
    left join named_branches on used.branch_code = named_branches.branch
    where used.branch_code is not null
)

select
    branch_code,
    name_zh,
    name_en,
    coalesce(
        is_main,
        branch_code = (select frame.main_branch from frame) or count(*) over () = 1,
        false
    ) as is_main,
    floor_area_m2,
    seat_count,
    opened_on
from known
order by is_main desc, branch_code asc
