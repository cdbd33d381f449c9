-- target_days: each promise on each day of its plan's year: its goal, its value and the verdict.
--
-- The kinds are those of data/targets; what cannot be made up for is not_met at once.

insert into target_days

with

led as (
    select
        goal_days.plan_year,
        goal_days.target_code,
        goal_days.branch_code,
        goal_days.day,
        targets.kind,
        plan_measures.most_a_day,
        is_part(targets.kind, targets.per_code) as is_part,
        year_pace.elapsed_share,
        goal_days.goal,
        goal_days.stretch,
        goal_days.expected_share,
        goal_days.pace_basis,
        reading_days.done,
        reading_days.start_value,
        reading_days.base,
        reading_days.value,
        reading_days.lower_share,
        reading_days.upper_share,
        reading_days.reason,
        case
            when targets.kind in ('survey', 'compliance') then null
            when is_part(targets.kind, targets.per_code) then null
            when targets.kind != 'level' then goal_days.goal * goal_days.expected_share
            when not plan_measures.is_reading
                then
                    reading_days.start_value
                    + (goal_days.goal - reading_days.start_value) * goal_days.expected_share
        end as expected_value,
        case
            when targets.kind in ('survey', 'compliance') then null
            when plan_measures.is_reading or is_part(targets.kind, targets.per_code)
                then reading_days.value
            when goal_days.expected_share = 0 then null
            when targets.kind = 'level'
                then reading_days.start_value + reading_days.done / goal_days.expected_share
            else reading_days.value / goal_days.expected_share
        end as projected_value
    from goal_days
    inner join targets using (plan_year, target_code)
    inner join plan_measures using (measure_code)
    inner join year_pace using (day)
    inner join reading_days
        on
            goal_days.plan_year = reading_days.plan_year
            and goal_days.target_code = reading_days.target_code
            and goal_days.branch_code is not distinct from reading_days.branch_code
            and goal_days.day = reading_days.day
)

select
    plan_year,
    target_code,
    branch_code,
    day,
    goal,
    stretch,
    done,
    start_value,
    base,
    value,
    expected_share,
    pace_basis,
    expected_value,
    projected_value,
    lower_share,
    upper_share,
    case
        when value is null then 'not_computable'
        when kind = 'survey' then interval_verdict(lower_share, upper_share, goal)
        when kind = 'compliance' and value < goal then 'not_met'
        when kind = 'compliance' and elapsed_share = 1 then 'met'
        when kind = 'compliance' then 'on_course'
        when value >= goal and (elapsed_share = 1 or kind = 'total') then 'met'
        when value >= goal and kind = 'rate' and not is_part then 'met'
        when elapsed_share = 1 then 'not_met'
        -- no more can come about than the days that are left allow
        when
            value + most_a_day * date_diff('day', day, make_date(plan_year, 12, 31)) < goal
            then 'not_met'
        -- before the first day on which anything is due there is nothing to project from
        when
            kind in ('level', 'rate') and coalesce(projected_value >= goal, value >= expected_value)
            then 'on_course'
        when kind = 'total' and value >= expected_value then 'on_course'
        else 'behind'
    end as status,
    reason
from led
order by plan_year, target_code, branch_code, day
