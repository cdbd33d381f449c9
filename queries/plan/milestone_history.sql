-- milestone_history: every report on the milestones of the year of $as_of.
--
-- grain:    one row per report up to the day, the latest first
-- params:   $as_of   day the plan is judged at
--           $target  code of a target or milestone, or null for all of them
-- columns:  milestone_code, state, stated_on, note_zh, note_en, stated_at, stated_by

select
    milestone_code,
    state,
    stated_on,
    note_zh,
    note_en,
    stated_at,
    stated_by
from milestone_states
where
    plan_year = extract(year from $as_of::date)
    and stated_on <= $as_of::date
    and ($target::varchar is null or milestone_code = $target::varchar)
order by milestone_code asc, stated_on desc
