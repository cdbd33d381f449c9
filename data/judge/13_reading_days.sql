-- reading_days: the value of each promise on each day of its plan's year, or why it has none.

insert into reading_days

with

days as (
    select distinct
        plan_year,
        day
    from goal_days
),

-- all answers of the year so far, or those of the wave that the plan says counts
answers as (
    select
        days.day,
        targets.plan_year,
        targets.target_code,
        survey_shares.share,
        survey_shares.lower_share,
        survey_shares.upper_share,
        survey_shares.is_sound
    from targets
    inner join days using (plan_year)
    inner join survey_shares
        on
            targets.measure_code = survey_shares.measure_code
            and targets.scope = survey_shares.scope
            and targets.wave_code is not distinct from survey_shares.wave_code
            and targets.plan_year = extract(year from survey_shares.day)
            and days.day >= survey_shares.day
    where targets.kind = 'survey'
    qualify
        row_number() over (
            partition by days.day, targets.plan_year, targets.target_code
            order by survey_shares.day desc
        ) = 1
),

weeks as (
    select
        null as scope,
        branch_code,
        week_start,
        open_hours
    from opening_weeks
    union all
    select
        scope,
        null as branch_code,
        week_start,
        open_hours
    from scope_weeks
),

worst_weeks as (
    select
        days.day,
        weeks.scope,
        weeks.branch_code,
        min(weeks.open_hours) as open_hours
    from weeks
    inner join days
        on
            week_year(weeks.week_start) = days.plan_year
            and week_last_day(weeks.week_start) <= days.day
    group by days.day, weeks.scope, weeks.branch_code
),

readings as (
    select
        goal_days.plan_year,
        goal_days.target_code,
        goal_days.branch_code,
        goal_days.day,
        targets.kind,
        targets.per_code,
        targets.scope,
        target_amounts.done,
        target_amounts.start_value,
        target_amounts.base,
        case targets.kind
            when 'total' then target_amounts.done
            when 'level' then stock_of(target_amounts.done, target_amounts.start_value)
            when 'rate' then rate_of(target_amounts.done, target_amounts.base)
            when 'survey' then answers.share
            when 'compliance' then worst_weeks.open_hours
        end as value,
        answers.lower_share,
        answers.upper_share,
        coalesce(answers.is_sound, true) as is_sound,
        is_part(targets.kind, targets.per_code)
        and coalesce(plan_measures.register = 'surveys', false) as is_part_of_forms
    from goal_days
    inner join targets using (plan_year, target_code)
    inner join plan_measures using (measure_code)
    left join target_amounts
        on
            goal_days.plan_year = target_amounts.plan_year
            and goal_days.target_code = target_amounts.target_code
            and goal_days.branch_code is not distinct from target_amounts.branch_code
            and goal_days.day = target_amounts.day
    left join answers
        on
            goal_days.plan_year = answers.plan_year
            and goal_days.target_code = answers.target_code
            and goal_days.day = answers.day
            and goal_days.branch_code is null
    left join worst_weeks
        on
            goal_days.day = worst_weeks.day
            and goal_days.branch_code is not distinct from worst_weeks.branch_code
            and coalesce(targets.scope = worst_weeks.scope, worst_weeks.branch_code is not null)
)

select
    plan_year,
    target_code,
    branch_code,
    day,
    done,
    start_value,
    base,
    -- 300 answers on 250 forms are no share of anything
    case when is_part_of_forms and value > 1 then null else value end as value,
    lower_share,
    upper_share,
    case
        when kind in ('total', 'level', 'rate') and done is null then 'nothing_recorded'
        when per_code = 'population' and base is null
            then case
                when
                    scope = 'network'
                    and branch_code is null
                    and (select count(*) from branches) > 1
                    then 'no_network_population'
                else 'no_population'
            end
        when per_code = 'holdings' and base is null then 'no_holdings'
        when kind = 'rate' and coalesce(base, 0) = 0 then 'no_base'
        when not is_sound or (is_part_of_forms and value > 1) then 'more_answers_than_forms'
        when kind = 'survey' and value is null then 'no_answers'
        when kind = 'compliance' and value is null then 'no_complete_week'
    end as reason
from readings
order by plan_year, target_code, branch_code, day
