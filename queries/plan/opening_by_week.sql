-- opening_by_week: hours open at the main library in each week of the year of $as_of, with its holidays.
--
-- Only weeks that lie in the year whole; one that is not over at $as_of is announced.
--
-- grain:    one row per week, from the first whole week on
-- params:   $as_of  day the plan is judged at
-- columns:  week_start, open_hours, is_over, goal, is_kept, holiday_zh, holiday_en

with

goals as (
    select
        target_days.plan_year,
        target_days.goal
    from target_days
    inner join targets using (plan_year, target_code)
    where
        targets.kind = 'compliance'
        and target_days.day = $as_of::date
        and target_days.branch_code is null
),

weeks as (
    select
        opening_weeks.week_start,
        opening_weeks.open_hours,
        opening_weeks.week_start + interval 6 day <= $as_of::date as is_over,
        goals.goal
    from opening_weeks
    inner join goals on extract(year from opening_weeks.week_start) = goals.plan_year
    inner join branches on opening_weeks.branch_code = branches.branch_code and branches.is_main
    where opening_weeks.week_start + interval 6 day <= make_date(goals.plan_year, 12, 31)
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
