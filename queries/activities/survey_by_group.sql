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

asked as (
    select
        survey_answers.closed_on,
        survey_answers.group_code,
        survey_answers.valid_count < $floor
        or (
            count(*) filter (where survey_answers.valid_count < $floor) over () = 1
            and row_number() over (
                order by survey_answers.valid_count, survey_answers.group_code
            ) = 2
        ) as is_hidden
    from survey_answers
    inner join wave using (closed_on)
    where survey_answers.question_code = 'overall' and survey_answers.group_code != 'all'
)

select
    answers.closed_on,
    answers.group_code,
    coalesce(codes.name_zh, answers.group_code) as group_name_zh,
    coalesce(codes.name_en, answers.group_code) as group_name_en,
    asked.is_hidden,
    case when not asked.is_hidden then answers.distributed_count end as distributed_count,
    case when not asked.is_hidden then answers.returned_count end as returned_count,
    case when not asked.is_hidden then answers.valid_count end as valid_count,
    case when not asked.is_hidden then answers.satisfied_count end as satisfied_count,
    case when not asked.is_hidden then answers.satisfied_share end as satisfied_share,
    case when not asked.is_hidden then answers.lower_share end as lower_share,
    case when not asked.is_hidden then answers.upper_share end as upper_share,
    goals.goal,
    case
        when asked.is_hidden then null
        when answers.reason is not null then 'not_computable'
        else interval_verdict(answers.lower_share, answers.upper_share, goals.goal)
    end as verdict,
    case when not asked.is_hidden then answers.reason end as reason
from survey_answers as answers
inner join asked
    on answers.closed_on = asked.closed_on and answers.group_code = asked.group_code
left join goals on answers.closed_on = goals.closed_on
left join codes on answers.group_code = codes.code and codes.list = 'survey_group'
where answers.question_code = 'overall'
-- the order must not give away what the row hides
order by
    asked.is_hidden asc,
    case when not asked.is_hidden then answers.valid_count end desc nulls last,
    answers.group_code asc
