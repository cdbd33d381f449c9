-- weeks_without_event: complete weeks in which something the plan wants every week did not happen.
--
-- grain:    one row per target that wants something every week and week without a held event
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, week_start, week_end

select
    target_code,
    week_start,
    (week_start + interval 6 day)::date as week_end
from event_weeks
where
    plan_year = extract(year from $as_of::date)
    and last_day <= $as_of::date
    and not has_event
order by target_code, week_start
