-- feedback: cases of readers' opinions.

insert into feedback by name

select
    case_number,
    received_on,
    answered_on,
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    is_satisfied,
    written_at as stated_at
from records.feedback
order by received_on, case_number
