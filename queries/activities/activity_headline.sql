-- activity_headline: events held in the period, who came to them, and feedback answered in time.
--
-- event_count is null of days before the first in the register. attendance_count leaves out events at
-- which nobody counted; null where nobody ever did. The share is of the cases received whose term is
-- over or which are answered; null where no term is set.
--
-- grain:    one row
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       day at which a case is open or answered
-- columns:  event_count, attendance_count, feedback_in_time_share

with

held as (
    select
        count(*) as event_count,
        sum(attendance_count)::bigint as attendance_count
    from events
    where
        is_held
        and held_on >= $start_date::date
        and held_on < $end_date::date
        and held_on <= $as_of::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

terms as (
    select max(value) as term_days
    from settings
    where setting_code = 'feedback_answer_days'
),

cases as (
    select
        date_diff('day', feedback.received_on, feedback.answered_on) <= terms.term_days
        and feedback.answered_on <= $as_of::date as is_in_time,
        feedback.answered_on <= $as_of::date as is_answered,
        date_diff('day', feedback.received_on, $as_of::date) > terms.term_days as is_over
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

shares as (
    select
        count(*) filter (where is_in_time) / nullif(
            count(*) filter (where is_answered or is_over), 0
        )::double as in_time_share
    from cases
)

select
    case when first_records.day < $end_date::date then held.event_count end as event_count,
    held.attendance_count,
    case when terms.term_days is not null then shares.in_time_share end as feedback_in_time_share
from held
cross join shares
cross join terms
inner join first_records on first_records.record_kind = 'event'
