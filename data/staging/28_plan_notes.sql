-- plan_notes: who answers for a target or milestone, and what was decided on it.

insert into plan_notes by name

select
    plan_year,
    target as target_code,
    noted_on,
    owner,
    note,
    written_at as stated_at
from records.plan_notes
order by noted_on, target_code
