-- opening_by_branch: how each branch keeps the hours promised a week, in the year of $as_of.
--
-- Those whose promise it is: the main library alone, or every branch where the network made it. Weeks with
-- a holiday count: a public library is open on holidays too. kept_outside_share leaves them out, for whoever asks.
--
-- grain:    one row per branch with a complete week
-- params:   $as_of  day the plan is judged at
-- columns:  branch_code, name_zh, name_en, is_main, goal, week_count, kept_count, kept_share, kept_outside_share, worst_hours, worst_week, holiday_zh, holiday_en

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
        opening_weeks.branch_code,
        opening_weeks.week_start,
        opening_weeks.open_hours,
        goals.goal
    from opening_weeks
    inner join goals on week_year(opening_weeks.week_start) = goals.plan_year
    left join main_branches
        on opening_weeks.branch_code is not distinct from main_branches.branch_code
    where
        week_last_day(opening_weeks.week_start) <= $as_of::date
        and (
            main_branches.is_main
            or (goals.scope = 'network' and opening_weeks.branch_code is not null)
        )
),

named as (
    select
        weeks.branch_code,
        weeks.week_start,
        weeks.open_hours,
        weeks.goal,
        min(holidays.name_zh) as holiday_zh,
        min(holidays.name_en) as holiday_en
    from weeks
    left join holidays
        on
            weeks.week_start <= holidays.last_day
            and weeks.week_start + interval 6 day >= holidays.first_day
    group by weeks.branch_code, weeks.week_start, weeks.open_hours, weeks.goal
),

counted as (
    select
        branch_code,
        goal,
        count(*) as week_count,
        count(*) filter (where open_hours >= goal) as kept_count,
        count(*) filter (where open_hours >= goal and holiday_zh is null)
        / nullif(count(*) filter (where holiday_zh is null), 0)::double as kept_outside_share
    from named
    group by branch_code, goal
),

worst as (
    select
        branch_code,
        open_hours,
        week_start,
        holiday_zh,
        holiday_en
    from named
    qualify row_number() over (partition by branch_code order by open_hours, week_start) = 1
)

select
    counted.branch_code,
    branches.name_zh,
    branches.name_en,
    branches.is_main,
    counted.goal,
    counted.week_count,
    counted.kept_count,
    counted.kept_count / counted.week_count::double as kept_share,
    counted.kept_outside_share,
    worst.open_hours as worst_hours,
    worst.week_start as worst_week,
    worst.holiday_zh,
    worst.holiday_en
from counted
inner join branches using (branch_code)
inner join worst using (branch_code)
order by branches.is_main desc, counted.branch_code asc
