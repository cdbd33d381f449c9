-- opening_by_week: hours open in each week of the year of $as_of, with its holidays.
--
-- Of the main library where the promise is its own, of the branch open least where it is the network's.
-- A week is of the year of its Thursday; one that is not over at $as_of is announced.
--
-- grain:    one row per week, from the first whole week on
-- params:   $as_of  day the plan is judged at
-- columns:  week_start, open_hours, is_over, goal, is_kept, holiday_zh, holiday_en

with

goals as (
    select
        target_days.plan_year,
        target_days.goal,
        targets.scope
    from target_days
    inner join targets using (plan_year, target_code)
    where
        targets.kind = 'compliance'
        and target_days.day = $as_of::date
        and target_days.branch_code is null
),

weeks as (
    select
        scope_weeks.week_start,
        scope_weeks.open_hours,
        week_last_day(scope_weeks.week_start) <= $as_of::date as is_over,
        goals.goal
    from scope_weeks
    inner join goals
        on
            week_year(scope_weeks.week_start) = goals.plan_year
            and scope_weeks.scope = goals.scope
),

holiday_weeks as (
    select
        weeks.week_start,
        min(holidays.name_zh) as holiday_zh,
        min(holidays.name_en) as holiday_en
    from weeks
    inner join holidays
        on
            weeks.week_start <= holidays.last_day
            and weeks.week_start + interval 6 day >= holidays.first_day
    group by weeks.week_start
)

select
    weeks.week_start,
    weeks.open_hours,
    weeks.is_over,
    weeks.goal,
    weeks.open_hours >= weeks.goal as is_kept,
    holiday_weeks.holiday_zh,
    holiday_weeks.holiday_en
from weeks
left join holiday_weeks on weeks.week_start = holiday_weeks.week_start
order by weeks.week_start
