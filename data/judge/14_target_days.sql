-- target_days: each promise on each day of its plan's year: its goal, its value and the verdict.
--
-- The kinds are those of a plan file. A verdict that is settled is never taken back by what comes later:
-- what cannot be made up for is not_met at once, what is reached and cannot be lost again is met at once,
-- and all else is settled by the last day of the year.

insert into target_days

with

-- what the plan wants every week: the weeks that are over, and those that had it
weekly as (
    select
        event_weeks.plan_year,
        event_weeks.target_code,
        calendar_days.day,
        bool_and(event_weeks.has_event) as is_kept
    from event_weeks
    inner join calendar_days
        on
            event_weeks.plan_year = calendar_days.calendar_year
            and event_weeks.last_day <= calendar_days.day
    group by event_weeks.plan_year, event_weeks.target_code, calendar_days.day
),

led as (
    select
        goal_days.plan_year,
        goal_days.target_code,
        goal_days.branch_code,
        goal_days.day,
        targets.kind,
        targets.every_week and goal_days.branch_code is null as every_week,
        coalesce(weekly.is_kept, true) as is_kept,
        plan_measures.most_a_day,
        -- more answers may come in, cards end, and books be bought for loans to be divided by
        case targets.kind
            when 'survey' then targets.wave_code is not null
            when 'total' then not plan_measures.can_fall
            when 'rate' then targets.per_code = 'population' and not plan_measures.can_fall
            else false
        end as is_kept_once_met,
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
    left join weekly
        on
            goal_days.plan_year = weekly.plan_year
            and goal_days.target_code = weekly.target_code
            and goal_days.day = weekly.day
            and goal_days.branch_code is null
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
        when kind = 'survey' and (is_kept_once_met or elapsed_share = 1)
            then interval_verdict(lower_share, upper_share, goal)
        when kind = 'survey' then interval_so_far(lower_share, upper_share, goal)
        when kind = 'compliance' and value < goal then 'not_met'
        when kind = 'compliance' and elapsed_share = 1 then 'met'
        when kind = 'compliance' then 'on_course'
        -- a week that had nothing cannot be made up, and the last is still to come
        when every_week and not is_kept then 'not_met'
        when every_week and value >= goal and elapsed_share < 1 then 'on_course'
        when value >= goal and (elapsed_share = 1 or is_kept_once_met) then 'met'
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
