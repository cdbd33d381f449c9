-- reader_days: the loans of each reader on each day, by branch.

insert into reader_days

with

days as (
    select
        loaned_at::date as day,
        branch_code,
        reader_id,
        count(*) as loan_count
    from loans
    where reader_id is not null
    group by loaned_at::date, branch_code, reader_id
)

select
    day,
    branch_code,
    reader_id,
    loan_count,
    lag(day) over (partition by reader_id order by day, branch_code) as previous_day
from days
-- the days of a reader side by side within a year: sums by reader take half the time
order by extract(year from day), reader_id, day, branch_code
