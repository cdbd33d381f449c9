-- borrower_days: borrowers of each day by the day they borrowed before: network, then each branch.

insert into borrower_days

with

here as (
    select
        branch_code,
        day,
        previous_day is null as is_new,
        lag(day) over (partition by branch_code, reader_id order by day) as previous_day
    from reader_days
    where branch_code is not null
)

select
    '*' as scope,
    day,
    previous_day,
    count(*) as borrower_count,
    count(*) filter (where previous_day is null) as new_borrower_count
from reader_days
-- a second branch on the same day is the same borrower
where coalesce(previous_day < day, true)
group by day, previous_day
union all
select
    branch_code as scope,
    day,
    previous_day,
    count(*) as borrower_count,
    count(*) filter (where is_new) as new_borrower_count
from here
group by branch_code, day, previous_day
order by scope, day, previous_day
