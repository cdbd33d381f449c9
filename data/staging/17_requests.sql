-- requests: documents asked for, supplied or refused.

insert into requests by name

select
    requested_on,
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    case when call_number is not null then class_of(call_number) end as class_code,
    is_supplied,
    case when not is_supplied then reason end as refusal_reason
from records.requests
order by requested_on, case_number
