-- goal_days: what each promise asks for on each day of its plan's year, and the pace it sets.

insert into goal_days

with

goals as (
    select
        target_goals.plan_year,
        target_goals.target_code,
        target_goals.branch_code,
        calendar_days.day,
        target_goals.goal,
        target_goals.stretch
    from target_goals
    inner join calendar_days on target_goals.plan_year = calendar_days.calendar_year
    where calendar_days.day >= target_goals.since
    qualify
        row_number() over (
            partition by
                target_goals.plan_year,
                target_goals.target_code,
                target_goals.branch_code,
                calendar_days.day
            order by target_goals.since desc
        ) = 1
),

-- a plan that says how much is due in each month sets its own pace: even over the month's open days,
-- or over all of them where the library is shut throughout
due_months as (
    select
        plan_year,
        target_code,
        month,
        amount,
        sum(amount) over (partition by plan_year, target_code) as amount_of_year
    from target_months
),

month_days as (
    select
        day,
        calendar_year,
        extract(month from day) as month,
        case
            when bool_or(is_open) over of_month
                then is_open::integer / sum(is_open::integer) over of_month::double
            else 1 / count(*) over of_month::double
        end as month_share
    from calendar_days
    window of_month as (partition by calendar_year, extract(month from day))
),

month_shares as (
    select
        due_months.plan_year,
        due_months.target_code,
        month_days.day,
        sum(due_months.amount * month_days.month_share) over (
            partition by due_months.plan_year, due_months.target_code
            order by month_days.day
        ) / due_months.amount_of_year as expected_share
    from due_months
    inner join month_days
        on
            due_months.plan_year = month_days.calendar_year
            and due_months.month = month_days.month
)

select
    goals.plan_year,
    goals.target_code,
    goals.branch_code,
    goals.day,
    goals.goal,
    goals.stretch,
    coalesce(month_shares.expected_share, measure_pace.expected_share) as expected_share,
    case when month_shares.day is null then measure_pace.pace_basis else 'months' end as pace_basis
from goals
inner join targets using (plan_year, target_code)
inner join measure_pace using (plan_year, measure_code, scope, day)
left join month_shares using (plan_year, target_code, day)
order by goals.plan_year, goals.target_code, goals.branch_code, goals.day
