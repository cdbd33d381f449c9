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
    -- one row only, should a reader begin at two branches on one day
    row_number() over (partition by reader_id order by day, branch_code) = 1 as is_first
from days
order by day, branch_code, reader_id
