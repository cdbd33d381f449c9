-- loan_hours: the loans of each hour of each day, by branch.

insert into loan_hours

select
    loaned_at::date as day,
    branch_code,
    extract(hour from loaned_at) as hour,
    count(*) as loan_count
from loans
group by loaned_at::date, branch_code, extract(hour from loaned_at)
order by day, branch_code, hour
