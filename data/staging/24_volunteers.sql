-- volunteers: what volunteers did.

insert into volunteers by name

select
    served_on,
    activity,
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    volunteer_count,
    service_hours,
    written_at as stated_at
from records.volunteers
order by served_on, activity, branch_code
