-- class_days: the loans of each class on each day, by branch.

insert into class_days

select
    loaned_at::date as day,
    branch_code,
    class_code,
    count(*) as loan_count
from loans
group by loaned_at::date, branch_code, class_code
order by day, branch_code, class_code
