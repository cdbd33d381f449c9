-- target_days: each promise on each day of its plan's year: its value, its pace and the verdict.
--
-- The kinds are those of data/targets; what cannot be made up for is not_met at once.

insert into target_days

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
),

answers as (
    select
        goals.plan_year,
        goals.target_code,
        goals.day,
        survey_shares.share,
        survey_shares.lower_share,
        survey_shares.upper_share,
        survey_shares.is_sound
    from goals
    inner join targets using (plan_year, target_code)
    inner join survey_shares
        on
            targets.measure_code = survey_shares.measure_code
            and goals.plan_year = extract(year from survey_shares.day)
            and goals.day >= survey_shares.day
    where targets.kind = 'survey' and goals.branch_code is null
    qualify
        row_number() over (
            partition by goals.plan_year, goals.target_code, goals.day
            order by survey_shares.day desc
        ) = 1
),

worst_weeks as (
    select
        goals.plan_year,
        goals.target_code,
        goals.branch_code,
        goals.day,
        min(opening_weeks.open_hours) as open_hours
    from goals
    inner join targets using (plan_year, target_code)
    inner join opening_weeks
        on
            goals.plan_year = extract(year from opening_weeks.week_start)
            and goals.day >= opening_weeks.week_start + interval 6 day
    inner join branches
        on
            opening_weeks.branch_code = branches.branch_code
            and coalesce(goals.branch_code = opening_weeks.branch_code, branches.is_main)
    where targets.kind = 'compliance'
    group by goals.plan_year, goals.target_code, goals.branch_code, goals.day
),

readings as (
    select
        goals.plan_year,
        goals.target_code,
        goals.branch_code,
        goals.day,
        targets.kind,
        targets.measure_code,
        targets.per_code,
        goals.goal,
        goals.stretch,
        target_amounts.done,
        target_amounts.start_value,
        target_amounts.base,
        case targets.kind
            when 'total' then target_amounts.done
            when 'level' then target_amounts.start_value + target_amounts.done
            when 'rate' then target_amounts.done / nullif(target_amounts.base, 0)
            when 'survey' then answers.share
            when 'compliance' then worst_weeks.open_hours
        end as value,
        year_pace.elapsed_share,
        coalesce(month_shares.expected_share, measure_pace.expected_share) as expected_share,
        case when month_shares.day is null then measure_pace.pace_basis else 'months' end
            as pace_basis,
        answers.lower_share,
        answers.upper_share,
        coalesce(answers.is_sound, true) as is_sound,
        coalesce(plan_measures.is_reading, false) as is_reading,
        plan_measures.most_a_day,
        -- the share of one count in another: nothing grows into it over the year
        targets.kind = 'rate' and targets.per_code not in ('holdings', 'population') as is_part,
        coalesce(plan_measures.register = 'surveys', false) as is_of_forms
    from goals
    inner join targets using (plan_year, target_code)
    inner join plan_measures using (measure_code)
    inner join year_pace using (day)
    inner join measure_pace using (plan_year, measure_code, day)
    left join month_shares using (plan_year, target_code, day)
    left join target_amounts
        on
            goals.plan_year = target_amounts.plan_year
            and goals.target_code = target_amounts.target_code
            and goals.branch_code is not distinct from target_amounts.branch_code
            and goals.day = target_amounts.day
    left join answers
        on
            goals.plan_year = answers.plan_year
            and goals.target_code = answers.target_code
            and goals.day = answers.day
            and goals.branch_code is null
    left join worst_weeks
        on
            goals.plan_year = worst_weeks.plan_year
            and goals.target_code = worst_weeks.target_code
            and goals.branch_code is not distinct from worst_weeks.branch_code
            and goals.day = worst_weeks.day
),

-- 300 answers on 250 forms are no share of anything
sound as (
    select
        plan_year,
        target_code,
        branch_code,
        day,
        kind,
        goal,
        stretch,
        done,
        start_value,
        base,
        case when is_part and is_of_forms and value > 1 then null else value end as value,
        elapsed_share,
        expected_share,
        pace_basis,
        lower_share,
        upper_share,
        is_reading,
        most_a_day,
        is_part,
        case
            when kind in ('total', 'level', 'rate') and done is null then 'nothing_recorded'
            when per_code = 'population' and base is null then 'no_population'
            when per_code = 'holdings' and base is null then 'no_holdings'
            when kind = 'rate' and coalesce(base, 0) = 0 then 'no_base'
            when not is_sound or (is_part and is_of_forms and value > 1)
                then 'more_answers_than_forms'
            when kind = 'survey' and value is null then 'no_answers'
            when kind = 'compliance' and value is null then 'no_complete_week'
        end as reason
    from readings
),

led as (
    select
        plan_year,
        target_code,
        branch_code,
        day,
        kind,
        goal,
        stretch,
        done,
        start_value,
        base,
        value,
        elapsed_share,
        expected_share,
        pace_basis,
        lower_share,
        upper_share,
        is_reading,
        most_a_day,
        is_part,
        reason,
        case
            when kind in ('total', 'rate') and not is_part then goal * expected_share
            when kind = 'level' and not is_reading
                then start_value + (goal - start_value) * expected_share
        end as expected_value,
        case
            when kind in ('survey', 'compliance') then null
            when is_reading or is_part then value
            when expected_share = 0 then null
            when kind = 'level' then start_value + done / expected_share
            else value / expected_share
        end as projected_value
    from sound
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
        when kind = 'survey' and lower_share >= goal then 'met'
        when kind = 'survey' and upper_share < goal then 'not_met'
        when kind = 'survey' then 'not_shown'
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
