-- feedback_by_month: the cases received in each month by what had become of them by $as_of.
--
-- outcome  in_time, late: answered within the days of the setting feedback_answer_days, or after;
--          overdue, waiting: open, and the term has gone or still runs; answered, open: where no
--          term is set
--
-- grain:    one row per month and outcome with a case
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       day at which a case is open or answered
-- columns:  month, outcome, case_count

with

terms as (
    select max(value) as term_days
    from settings
    where setting_code = 'feedback_answer_days'
),

cases as (
    select
        date_trunc('month', feedback.received_on)::date as month,
        terms.term_days,
        coalesce(feedback.answered_on <= $as_of::date, false) as is_answered,
        date_diff(
            'day',
            feedback.received_on,
            coalesce(least(feedback.answered_on, $as_of::date), $as_of::date)
        ) as day_count
    from feedback
    cross join terms
    where
        feedback.received_on >= $start_date::date
        and feedback.received_on < $end_date::date
        and feedback.received_on <= $as_of::date
        and (
            $branches::varchar[] is null
            or list_contains($branches::varchar[], feedback.branch_code)
        )
),

judged as (
    select
        month,
        case
            when is_answered and day_count <= term_days then 'in_time'
            when is_answered and day_count > term_days then 'late'
            when is_answered then 'answered'
            when day_count > term_days then 'overdue'
            when day_count <= term_days then 'waiting'
            else 'open'
        end as outcome
    from cases
)

select
    month,
    outcome,
    count(*) as case_count
from judged
group by month, outcome
order by month, outcome
