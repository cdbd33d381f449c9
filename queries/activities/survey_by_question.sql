-- survey_by_question: what the questionnaires of a year found together, question by question.
--
-- The year is that of the last wave of the period, or where none closed in it, of the last one up to
-- $as_of; of several, one that asked the overall question, which is what the plan promises. All its waves
-- up to the end of the period count together, as in the plan, unless the plan names the one that counts:
-- then that one, and until it has closed the others without a goal (is_awaited). survey_code is null where
-- several count; unsound_count says how many waves had to be left out. lower_share to upper_share is the
-- 95 % Wilson interval. The other shares are of all forms handed out: return_rate and valid_rate those
-- returned and valid, least_share and most_share those satisfied, had nobody been who gave no valid answer,
-- or everybody. goal is what the plan of the year promises of the overall question.
--
-- verdict  met: the whole interval reaches the goal; not_met: none of it does; not_shown: neither;
--          not_computable, with the reason; null without a goal. While more answers can come in that
--          count (no wave is named and its year is not over), on_course and behind for met and not_met
-- reason   no_answers, more_answers_than_forms, more_satisfied_than_answers
--
-- grain:    one row per question asked of all readers, the overall one first
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $as_of       last day on which a wave can have closed
-- columns:  survey_code, wave_count, unsound_count, is_awaited, closed_on, is_in_period, question_code, question_name_zh, question_name_en, distributed_count, returned_count, valid_count, satisfied_count, return_rate, valid_rate, satisfied_share, lower_share, upper_share, least_share, most_share, goal, verdict, reason

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
        survey_answers.survey_code,
        survey_answers.wave_count,
        survey_answers.unsound_count,
        survey_answers.distributed_count,
        survey_answers.returned_count,
        survey_answers.valid_count,
        survey_answers.satisfied_count,
        survey_answers.satisfied_share,
        survey_answers.lower_share,
        survey_answers.upper_share,
        survey_answers.reason,
        wave.is_in_period,
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
        question_code,
        group_code,
        closed_on,
        survey_code,
        wave_count,
        unsound_count,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        satisfied_share,
        lower_share,
        upper_share,
        reason,
        is_in_period,
        goal,
        named_code is not null and not is_named_there as is_awaited,
        named_code is not null
        or make_date(extract(year from closed_on), 12, 31) <= $as_of::date as is_settled
    from found
    where
        wave_code is not distinct from case
            when is_named_there then named_code
        end
    qualify
        row_number() over (
            partition by question_code, group_code order by closed_on desc
        ) = 1
)

select
    answers.survey_code,
    answers.wave_count,
    answers.unsound_count,
    answers.is_awaited,
    answers.closed_on,
    answers.is_in_period,
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
    case when not answers.is_awaited then answers.goal end as goal,
    case
        when answers.reason is not null then 'not_computable'
        when answers.is_awaited then null
        when answers.is_settled
            then interval_verdict(answers.lower_share, answers.upper_share, answers.goal)
        else interval_so_far(answers.lower_share, answers.upper_share, answers.goal)
    end as verdict,
    answers.reason
from answers
left join codes on answers.question_code = codes.code and codes.list = 'survey_question'
where answers.group_code = 'all'
order by
    answers.question_code != 'overall' asc,
    answers.satisfied_share desc nulls last,
    answers.question_code asc
