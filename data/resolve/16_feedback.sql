-- feedback: cases of readers' opinions.

insert into feedback by name

select
    received_on,
    answered_on,
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    is_satisfied
from records.feedback
order by received_on, case_number
