-- survey_by_question: what the latest questionnaire of the period found, question by question.
--
-- The wave is that of the last day of the period on which one closed, or where none did, the last one
-- up to $as_of; waves that closed on the same day are added up, as in the plan. lower_share to
-- upper_share is the 95 % Wilson interval (1.959964 is the normal quantile of 97.5 %). The other shares
-- are of all forms handed out: return_rate and valid_rate those returned and valid, least_share and
-- most_share those satisfied, had nobody been who gave no valid answer, or everybody. goal is what the plan of the wave's year promises of the overall question.
--
-- verdict  met: the whole interval reaches the goal; not_met: none of it does; not_shown: neither;
--          not_computable, with the reason; null without a goal
-- reason   no_answers, more_answers_than_forms, more_satisfied_than_answers
--
-- grain:    one row per question asked of all readers, the overall one first
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $as_of       last day on which a wave can have closed
-- columns:  survey_code, closed_on, is_in_period, question_code, question_name_zh, question_name_en, distributed_count, returned_count, valid_count, satisfied_count, return_rate, valid_rate, satisfied_share, lower_share, upper_share, least_share, most_share, goal, verdict, reason

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
        wave.is_in_period,
        surveys.question_code,
        min(surveys.survey_code) as survey_code,
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
    where surveys.group_code = 'all'
    group by surveys.closed_on, wave.is_in_period, surveys.question_code
),

shares as (
    select
        survey_code,
        closed_on,
        is_in_period,
        question_code,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        reason,
        case when reason is null then satisfied_count / valid_count::double end as share,
        case when reason is null then power(1.959964, 2) / valid_count end as spread
    from answers
),

ends as (
    select
        survey_code,
        closed_on,
        is_in_period,
        question_code,
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
    from shares
)

select
    ends.survey_code,
    ends.closed_on,
    ends.is_in_period,
    ends.question_code,
    coalesce(codes.name_zh, ends.question_code) as question_name_zh,
    coalesce(codes.name_en, ends.question_code) as question_name_en,
    ends.distributed_count,
    ends.returned_count,
    ends.valid_count,
    ends.satisfied_count,
    case
        when coalesce(ends.reason, '') != 'more_answers_than_forms'
            then ends.returned_count / nullif(ends.distributed_count, 0)::double
    end as return_rate,
    case
        when coalesce(ends.reason, 'no_answers') = 'no_answers'
            then ends.valid_count / nullif(ends.distributed_count, 0)::double
    end as valid_rate,
    ends.share as satisfied_share,
    ends.lower_share,
    ends.upper_share,
    case when ends.share is not null then ends.satisfied_count / ends.distributed_count::double end
        as least_share,
    case
        when ends.share is not null
            then
                (ends.satisfied_count + ends.distributed_count - ends.valid_count)
                / ends.distributed_count::double
    end as most_share,
    goals.goal,
    case
        when ends.reason is not null then 'not_computable'
        when ends.lower_share >= goals.goal then 'met'
        when ends.upper_share < goals.goal then 'not_met'
        when goals.goal is not null then 'not_shown'
    end as verdict,
    ends.reason
from ends
left join goals using (closed_on)
left join codes on ends.question_code = codes.code and codes.list = 'survey_question'
order by ends.question_code != 'overall' asc, ends.share desc nulls last, ends.question_code asc
