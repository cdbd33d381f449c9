-- items: one row per copy. Where no source lists items, each item lent is one; of those that a list
-- does not know (weeded, or of another library) only the ones whose class a loan tells.

insert into items by name

with

places as (
    select
        item,
        max(branch) as branch
    from records.loans
    group by item
    union all
    select
        item,
        null as branch
    from records.log
    group by item
),

branches_of as (
    select
        item,
        max(branch) as branch
    from places
    group by item
),

copies as (
    select
        item_numbers.item_id,
        coalesce(
            items.call_number, call_numbers.call_number, item_numbers.call_number
        ) as call_number,
        items.item is not null as is_listed,
        items.material,
        items.is_for_children,
        case
            when items.state in ('not_for_loan', 'processing', 'lost', 'withdrawn') then false
            when items.is_loanable is not null then items.is_loanable
            when items.state is not null then true
        end as is_loanable,
        coalesce(
            items.branch, branches_of.branch, (select frame.default_branch from frame)
        ) as branch_code,
        items.added_on,
        items.withdrawn_on
    from item_numbers
    left join records.items as items on item_numbers.item = items.item
    left join records.call_numbers as call_numbers
        on items.call_number_id = call_numbers.call_number_id
    left join branches_of on item_numbers.item = branches_of.item
)

select
    item_id,
    call_number,
    case
        when call_number is null and not is_listed then 'unknown' else class_of(call_number)
    end as class_code,
    coalesce(material, 'book') as material,
    is_for_children,
    branch_code,
    is_loanable,
    added_on,
    withdrawn_on
from copies
where is_listed or call_number is not null or not exists (from records.items)
order by item_id
