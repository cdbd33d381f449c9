-- milestone_states: what was reported on the milestones of a plan.

insert into milestone_states by name

select
    plan_year,
    milestone as milestone_code,
    state,
    stated_on,
    note_zh,
    note_en,
    written_at as stated_at
from records.milestone_states
order by stated_on, milestone_code
