-- survey_by_group: how satisfied each group of readers was overall, in the waves of survey_by_question.
--
-- A group of fewer than $floor answers is hidden (its counts and shares null), and where it would be
-- the only one, the next smallest with it: the total would give it away. Verdict and reason are those
-- of survey_by_question.
--
-- grain:    one row per group of the waves, hidden ones included
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $as_of       last day on which a wave can have closed
--           $floor       smallest group shown
-- columns:  closed_on, group_code, group_name_zh, group_name_en, is_hidden, distributed_count, returned_count, valid_count, satisfied_count, satisfied_share, lower_share, upper_share, goal, verdict, reason

with

wave as (
    select
        closed_on,
        closed_on >= $start_date::date and closed_on < $end_date::date as is_in_period
    from surveys
    where closed_on <= $as_of::date
    qualify
        row_number() over (
            order by
                (closed_on >= $start_date::date and closed_on < $end_date::date) desc,
                (question_code = 'overall' and group_code = 'all') desc,
                closed_on desc
        ) = 1
),

goals as (
    select
        target_days.goal,
        targets.wave_code
    from wave
    inner join target_days
        on
            extract(year from wave.closed_on) = target_days.plan_year
            and target_days.branch_code is null
            and target_days.day = least(
                $as_of::date, make_date(extract(year from wave.closed_on), 12, 31)
            )
    inner join targets using (plan_year, target_code)
    where targets.measure_code = 'reader_satisfaction'
    qualify row_number() over (order by targets.target_order) = 1
),

found as (
    select
        survey_answers.wave_code,
        survey_answers.closed_on,
        survey_answers.question_code,
        survey_answers.group_code,
        survey_answers.distributed_count,
        survey_answers.returned_count,
        survey_answers.valid_count,
        survey_answers.satisfied_count,
        survey_answers.satisfied_share,
        survey_answers.lower_share,
        survey_answers.upper_share,
        survey_answers.reason,
        goals.goal,
        goals.wave_code as named_code,
        coalesce(bool_or(survey_answers.wave_code = goals.wave_code) over (), false)
            as is_named_there
    from survey_answers
    inner join wave
        on
            extract(year from survey_answers.closed_on) = extract(year from wave.closed_on)
            and survey_answers.closed_on <= $as_of::date
            and (not wave.is_in_period or survey_answers.closed_on < $end_date::date)
    left join goals on true
    where survey_answers.wave_code is null or survey_answers.wave_code = goals.wave_code
),

answers as (
    select
        group_code,
        closed_on,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        satisfied_share,
        lower_share,
        upper_share,
        reason,
        goal,
        named_code is not null and not is_named_there as is_awaited,
        named_code is not null
        or make_date(extract(year from closed_on), 12, 31) <= $as_of::date as is_settled
    from found
    where
        question_code = 'overall'
        and group_code != 'all'
        and wave_code is not distinct from case
            when is_named_there then named_code
        end
    qualify
        row_number() over (
            partition by group_code order by closed_on desc
        ) = 1
),

asked as (
    select
        closed_on,
        group_code,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        satisfied_share,
        lower_share,
        upper_share,
        reason,
        goal,
        is_awaited,
        is_settled,
        valid_count < $floor
        or (
            count(*) filter (where valid_count < $floor) over () = 1
            and row_number() over (order by valid_count, group_code) = 2
        ) as is_hidden
    from answers
)

select
    asked.closed_on,
    asked.group_code,
    coalesce(codes.name_zh, asked.group_code) as group_name_zh,
    coalesce(codes.name_en, asked.group_code) as group_name_en,
    asked.is_hidden,
    case when not asked.is_hidden then asked.distributed_count end as distributed_count,
    case when not asked.is_hidden then asked.returned_count end as returned_count,
    case when not asked.is_hidden then asked.valid_count end as valid_count,
    case when not asked.is_hidden then asked.satisfied_count end as satisfied_count,
    case when not asked.is_hidden then asked.satisfied_share end as satisfied_share,
    case when not asked.is_hidden then asked.lower_share end as lower_share,
    case when not asked.is_hidden then asked.upper_share end as upper_share,
    case when not asked.is_awaited then asked.goal end as goal,
    case
        when asked.is_hidden then null
        when asked.reason is not null then 'not_computable'
        when asked.is_awaited then null
        when asked.is_settled
            then interval_verdict(asked.lower_share, asked.upper_share, asked.goal)
        else interval_so_far(asked.lower_share, asked.upper_share, asked.goal)
    end as verdict,
    case when not asked.is_hidden then asked.reason end as reason
from asked
left join codes on asked.group_code = codes.code and codes.list = 'survey_group'
-- the order must not give away what the row hides
order by
    asked.is_hidden asc,
    case when not asked.is_hidden then asked.valid_count end desc nulls last,
    asked.group_code asc
