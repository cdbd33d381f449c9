-- weeks_without_event: complete weeks in which something the plan wants every week did not happen.
--
-- grain:    one row per target that wants something every week and week without a held event
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, week_start, week_end

with

weeks as (
    select distinct
        calendar_year,
        date_trunc('week', day)::date as week_start,
        (date_trunc('week', day) + interval 6 day)::date as week_end
    from calendar_days
    where
        calendar_year = extract(year from $as_of::date)
        -- a week that begins in the year before or ends in the next is not this plan's
        and extract(year from date_trunc('week', day)) = calendar_year
),

held as (
    select distinct
        target_code,
        date_trunc('week', held_on)::date as week_start
    from target_events
    where is_held -- of a week that is over, whatever was held was held by $as_of
)

select
    targets.target_code,
    weeks.week_start,
    weeks.week_end
from targets
inner join weeks on targets.plan_year = weeks.calendar_year
left join held
    on targets.target_code = held.target_code and weeks.week_start = held.week_start
where
    targets.every_week
    and weeks.week_end <= least($as_of::date, make_date(weeks.calendar_year, 12, 31))
    and held.week_start is null
order by targets.target_code, weeks.week_start
