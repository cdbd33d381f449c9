-- event_weeks: the weeks of each plan that wants something every week, and whether there was something.
--
-- The week in which the register of events begins counts if it has such an event: half of it may lie
-- before the register.

insert into event_weeks

with

weeks as (
    select
        targets.plan_year,
        targets.target_code,
        targets.measure_code,
        targets.scope,
        (calendar_days.day - interval 3 day)::date as week_start
    from targets
    inner join calendar_days on targets.plan_year = calendar_days.calendar_year
    where targets.every_week and extract(isodow from calendar_days.day) = 4
),

judged as (
    select
        weeks.plan_year,
        weeks.target_code,
        weeks.week_start,
        week_last_day(weeks.week_start) as last_day,
        count(scope_days.day) > 0 as has_event
    from weeks
    left join scope_days
        on
            weeks.measure_code = scope_days.measure_code
            and weeks.scope = scope_days.scope
            and scope_days.day between weeks.week_start and week_last_day(weeks.week_start)
    group by weeks.plan_year, weeks.target_code, weeks.week_start
)

select
    judged.plan_year,
    judged.target_code,
    judged.week_start,
    judged.last_day,
    judged.has_event
from judged
inner join first_records
    on
        first_records.record_kind = 'event'
        and (judged.has_event or judged.week_start >= first_records.day)
order by judged.plan_year, judged.target_code, judged.week_start
