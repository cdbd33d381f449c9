-- first_recorded: from which day on each kind of record tells of the branches chosen.
--
-- What came in later in one year than in another cannot be held against it. Of gates it is the day from which
-- all that count in the scope did: a gate hung up in summer is no growth. Days are null where nothing of the
-- kind is on record before $end_date.
--
-- grain:    one row per kind of record
-- params:   $end_date  day after the last of which anything is known
--           $branches  list of branch codes, or null for the whole network
-- columns:  record_kind, first_day

with

gates as (
    select
        branch_code,
        min(day) as first_day
    from visits
    where
        day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by branch_code
),

circulation as (
    select
        min(day) filter (where loan_count > 0) as first_loan,
        min(day) filter (where renewal_count > 0) as first_renewal,
        min(day) filter (where loan_count > 0 and channel_code is not null) as first_channel
    from circulation_days
    where
        day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

cards as (
    select
        min(event_at) filter (where event_kind = 'issue')::date as first_issue,
        min(event_at) filter (where event_kind != 'issue')::date as first_change
    from card_events
    where
        event_at < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

held as (
    select
        min(held_on) as first_event,
        min(held_on) filter (where attendance_count is not null) as first_attendance
    from events
    where
        is_held
        and held_on < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    'loan' as record_kind,
    first_loan as first_day
from circulation
union all
select
    'renewal' as record_kind,
    first_renewal as first_day
from circulation
union all
select
    'channel' as record_kind,
    first_channel as first_day
from circulation
union all
select
    'visit' as record_kind,
    max(first_day) as first_day
from gates
union all
select
    'opening_hours' as record_kind,
    min(day) as first_day
from opening_hours
where $branches::varchar[] is null or list_contains($branches::varchar[], branch_code)
union all
select
    'holding' as record_kind,
    min(month_end) as first_day
from loanable_stock
where
    month_end < $end_date::date
    and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
union all
select
    'issue' as record_kind,
    first_issue as first_day
from cards
union all
select
    'cancel' as record_kind,
    first_change as first_day
from cards
union all
select
    'event' as record_kind,
    first_event as first_day
from held
union all
select
    'attendance' as record_kind,
    first_attendance as first_day
from held
union all
select
    'feedback' as record_kind,
    min(received_on) as first_day
from feedback
where
    received_on < $end_date::date
    and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
order by record_kind
