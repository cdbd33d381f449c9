-- visits: of the gate counters.

insert into visits by name

select
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    day,
    hour,
    visit_count,
    written_at as stated_at
from records.visits
order by day, branch_code, hour
