-- opening_by_week: hours open in each week of the year of $as_of, per branch, with the holidays in it.
--
-- Only weeks that lie in the year whole; one that is not over at $as_of is announced.
--
-- grain:    one row per branch and week, from the branch's first whole week on
-- params:   $as_of  day the plan is judged at
-- columns:  branch_code, name_zh, name_en, is_main, week_start, open_hours, is_over, goal, is_kept, holiday_zh, holiday_en

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
        opening_weeks.branch_code,
        opening_weeks.week_start,
        opening_weeks.open_hours,
        opening_weeks.week_start + interval 6 day <= $as_of::date as is_over,
        goals.goal
    from opening_weeks
    inner join goals on extract(year from opening_weeks.week_start) = goals.plan_year
    where opening_weeks.week_start + interval 6 day <= make_date(goals.plan_year, 12, 31)
),

holiday_weeks as (
    select
        weeks.branch_code,
        weeks.week_start,
        min(holidays.name_zh) as holiday_zh,
        min(holidays.name_en) as holiday_en
    from weeks
    inner join holidays
        on
            weeks.week_start <= holidays.last_day
            and weeks.week_start + interval 6 day >= holidays.first_day
    group by weeks.branch_code, weeks.week_start
)

select
    weeks.branch_code,
    branches.name_zh,
    branches.name_en,
    branches.is_main,
    weeks.week_start,
    weeks.open_hours,
    weeks.is_over,
    weeks.goal,
    weeks.open_hours >= weeks.goal as is_kept,
    holiday_weeks.holiday_zh,
    holiday_weeks.holiday_en
from weeks
inner join branches using (branch_code)
left join holiday_weeks
    on
        weeks.branch_code = holiday_weeks.branch_code
        and weeks.week_start = holiday_weeks.week_start
order by branches.is_main desc, weeks.branch_code asc, weeks.week_start asc
