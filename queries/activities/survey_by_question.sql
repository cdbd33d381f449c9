-- survey_by_question: what the latest questionnaire of the period found, question by question.
--
-- The wave is that of the last day of the period on which one closed, or where none did, the last one
-- up to $as_of; waves that closed on the same day are added up, as in the plan. lower_share to
-- upper_share is the 95 % Wilson interval. The other shares are of all forms handed out: return_rate and
-- valid_rate those returned and valid, least_share and most_share those satisfied, had nobody been who
-- gave no valid answer, or everybody. goal is what the plan of the wave's year promises of the overall question.
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
)

select
    answers.survey_code,
    answers.closed_on,
    wave.is_in_period,
    answers.question_code,
    coalesce(codes.name_zh, answers.question_code) as question_name_zh,
    coalesce(codes.name_en, answers.question_code) as question_name_en,
    answers.distributed_count,
    answers.returned_count,
    answers.valid_count,
    answers.satisfied_count,
    case
        when coalesce(answers.reason, '') != 'more_answers_than_forms'
            then answers.returned_count / nullif(answers.distributed_count, 0)::double
    end as return_rate,
    case
        when coalesce(answers.reason, 'no_answers') = 'no_answers'
            then answers.valid_count / nullif(answers.distributed_count, 0)::double
    end as valid_rate,
    answers.satisfied_share,
    answers.lower_share,
    answers.upper_share,
    case
        when answers.satisfied_share is not null
            then answers.satisfied_count / answers.distributed_count::double
    end as least_share,
    case
        when answers.satisfied_share is not null
            then
                (answers.satisfied_count + answers.distributed_count - answers.valid_count)
                / answers.distributed_count::double
    end as most_share,
    goals.goal,
    case
        when answers.reason is not null then 'not_computable'
        else interval_verdict(answers.lower_share, answers.upper_share, goals.goal)
    end as verdict,
    answers.reason
from survey_answers as answers
inner join wave on answers.closed_on = wave.closed_on
left join goals on answers.closed_on = goals.closed_on
left join codes on answers.question_code = codes.code and codes.list = 'survey_question'
where answers.group_code = 'all'
order by
    answers.question_code != 'overall' asc,
    answers.satisfied_share desc nulls last,
    answers.question_code asc
