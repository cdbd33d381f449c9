-- opening_hours: one row per interval open.

insert into opening_hours by name

select
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    day,
    opens_at,
    closes_at,
    written_at as stated_at
from records.opening_hours
order by day, branch_code, opens_at
