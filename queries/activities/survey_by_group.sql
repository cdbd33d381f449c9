-- survey_by_group: how satisfied each group of readers was overall, in the wave of survey_by_question.
--
-- A group of fewer than $floor answers is hidden (its counts and shares null), and where it would be
-- the only one, the next smallest with it: the total would give it away. Verdict and reason are those
-- of survey_by_question.
--
-- grain:    one row per group of the wave, hidden ones included
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $as_of       last day on which a wave can have closed
--           $floor       smallest group shown
-- columns:  closed_on, group_code, group_name_zh, group_name_en, is_hidden, distributed_count, returned_count, valid_count, satisfied_count, satisfied_share, lower_share, upper_share, goal, verdict, reason

with

wave as (
    select closed_on
    from surveys
    where closed_on <= $as_of::date
    qualify
        row_number() over (
            order by
                (closed_on >= $start_date::date and closed_on < $end_date::date) desc,
                closed_on desc
        ) = 1
),

goals as (
    select
        target_days.goal,
        wave.closed_on
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

answers as (
    select
        surveys.closed_on,
        surveys.group_code,
        sum(surveys.distributed_count)::bigint as distributed_count,
        sum(surveys.returned_count)::bigint as returned_count,
        sum(surveys.valid_count)::bigint as valid_count,
        sum(surveys.satisfied_count)::bigint as satisfied_count,
        case
            when bool_or(surveys.satisfied_count > surveys.valid_count)
                then 'more_satisfied_than_answers'
            when
                bool_or(
                    surveys.valid_count > surveys.returned_count
                    or surveys.returned_count > surveys.distributed_count
                )
                then 'more_answers_than_forms'
            when sum(surveys.valid_count) = 0 then 'no_answers'
        end as reason
    from surveys
    inner join wave using (closed_on)
    where surveys.question_code = 'overall' and surveys.group_code != 'all'
    group by surveys.closed_on, surveys.group_code
),

ranked as (
    select
        closed_on,
        group_code,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        reason,
        row_number() over (order by valid_count, group_code) as smallness,
        count(*) filter (where valid_count < $floor) over () as small_count
    from answers
),

shown as (
    select
        closed_on,
        group_code,
        valid_count < $floor or (small_count = 1 and smallness = 2) as is_hidden,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        reason,
        case when reason is null then satisfied_count / valid_count::double end as share,
        case when reason is null then power(1.959964, 2) / valid_count end as spread
    from ranked
),

ends as (
    select
        closed_on,
        group_code,
        is_hidden,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        reason,
        share,
        (share + spread / 2 - sqrt(spread * (share * (1 - share) + spread / 4))) / (1 + spread)
            as lower_share,
        (share + spread / 2 + sqrt(spread * (share * (1 - share) + spread / 4))) / (1 + spread)
            as upper_share
    from shown
)

select
    ends.closed_on,
    ends.group_code,
    coalesce(codes.name_zh, ends.group_code) as group_name_zh,
    coalesce(codes.name_en, ends.group_code) as group_name_en,
    ends.is_hidden,
    case when not ends.is_hidden then ends.distributed_count end as distributed_count,
    case when not ends.is_hidden then ends.returned_count end as returned_count,
    case when not ends.is_hidden then ends.valid_count end as valid_count,
    case when not ends.is_hidden then ends.satisfied_count end as satisfied_count,
    case when not ends.is_hidden then ends.share end as satisfied_share,
    case when not ends.is_hidden then ends.lower_share end as lower_share,
    case when not ends.is_hidden then ends.upper_share end as upper_share,
    goals.goal,
    case
        when ends.is_hidden then null
        when ends.reason is not null then 'not_computable'
        when ends.lower_share >= goals.goal then 'met'
        when ends.upper_share < goals.goal then 'not_met'
        when goals.goal is not null then 'not_shown'
    end as verdict,
    case when not ends.is_hidden then ends.reason end as reason
from ends
left join goals using (closed_on)
left join codes on ends.group_code = codes.code and codes.list = 'survey_group'
-- the order must not give away what the row hides
order by
    ends.is_hidden asc,
    case when not ends.is_hidden then ends.valid_count end desc nulls last,
    ends.group_code asc
