-- milestones_reported: the latest report on each milestone of the year of $as_of.
--
-- grain:    one row per milestone that has been reported on
-- params:   $as_of  day the plan is judged at
-- columns:  milestone_code, state, stated_on, note_zh, note_en

select
    milestone_code,
    state,
    stated_on,
    note_zh,
    note_en
from milestone_states
where plan_year = extract(year from $as_of::date) and stated_on <= $as_of::date
qualify row_number() over (partition by milestone_code order by stated_on desc, state asc) = 1
order by milestone_code
