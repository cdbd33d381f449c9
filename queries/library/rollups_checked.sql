-- rollups_checked: each roll-up beside the same counted from the events it was made of.
--
-- difference_count is how many days (and classes, hours, kinds) differ; card_holder_count is of the last day of
-- the data. What people typed in is in neither part.
--
-- grain:    one row per roll-up
-- params:   none
-- columns:  rollup_code, rollup_count, event_count, difference_count, verdict

with

happened as (
    select
        loan_events.event_at::date as day,
        extract(hour from loan_events.event_at) as hour,
        loan_events.event_kind,
        coalesce(items.class_code, 'unknown') as class_code,
        count(*) as row_count,
        count(loan_events.reader_id) as reader_row_count,
        sum(loan_events.quantity) as quantity
    from loan_events
    left join items using (item_id)
    group by
        loan_events.event_at::date,
        extract(hour from loan_events.event_at),
        loan_events.event_kind,
        coalesce(items.class_code, 'unknown')
),

last_steps as (
    select
        card_events.event_kind,
        card_events.event_at::date as day,
        readers.card_expires_on
    from card_events
    left join readers using (reader_id)
    where card_events.event_kind in ('issue', 'cancel')
    qualify
        row_number() over (
            partition by card_events.reader_id
            order by card_events.event_at desc, card_events.event_kind asc
        ) = 1
),

expired as (
    select count(*) as card_count
    from last_steps
    cross join library
    where
        last_steps.event_kind = 'issue'
        and last_steps.card_expires_on >= last_steps.day
        and last_steps.card_expires_on < library.last_day
),

issued as (
    select count(*) as card_count
    from card_events
    where event_kind = 'issue'
),

cancelled as (
    select count(*) as card_count
    from cards_cancelled
),

counted as (
    select
        'loans' as rollup_code,
        loaned_at::date as day,
        class_code as part,
        count(*) as rollup_count,
        0 as event_count
    from loans
    group by loaned_at::date, class_code
    union all
    select
        'circulation_days' as rollup_code,
        day,
        'loan' as part,
        loan_count as rollup_count,
        0 as event_count
    from circulation_days
    union all
    select
        'circulation_days' as rollup_code,
        day,
        'renewal' as part,
        renewal_count as rollup_count,
        0 as event_count
    from circulation_days
    union all
    select
        'circulation_days' as rollup_code,
        day,
        'return' as part,
        return_count as rollup_count,
        0 as event_count
    from circulation_days
    union all
    select
        'circulation_days' as rollup_code,
        day,
        event_kind as part,
        0 as rollup_count,
        quantity as event_count
    from happened
    union all
    select
        'loan_hours' as rollup_code,
        day,
        hour::varchar as part,
        loan_count as rollup_count,
        0 as event_count
    from loan_hours
    union all
    select
        'loan_hours' as rollup_code,
        day,
        hour::varchar as part,
        0 as rollup_count,
        row_count as event_count
    from happened
    where event_kind = 'loan'
    union all
    select
        'class_days' as rollup_code,
        day,
        class_code as part,
        loan_count as rollup_count,
        0 as event_count
    from class_days
    union all
    select
        codes.rollup_code,
        happened.day,
        happened.class_code as part,
        0 as rollup_count,
        happened.row_count as event_count
    from happened
    cross join (values ('loans'), ('class_days')) as codes (rollup_code)
    where happened.event_kind = 'loan'
    union all
    select
        'reader_days' as rollup_code,
        day,
        null as part,
        loan_count as rollup_count,
        0 as event_count
    from reader_days
    union all
    select
        'reader_days' as rollup_code,
        day,
        null as part,
        0 as rollup_count,
        reader_row_count as event_count
    from happened
    where event_kind = 'loan'
    union all
    select
        'borrower_days' as rollup_code,
        day,
        null as part,
        borrower_count as rollup_count,
        0 as event_count
    from borrower_days
    where scope = '*'
    union all
    select
        'borrower_days' as rollup_code,
        event_at::date as day,
        null as part,
        0 as rollup_count,
        count(distinct reader_id) as event_count
    from loan_events
    where event_kind = 'loan'
    group by event_at::date
    union all
    select
        'measure_days' as rollup_code,
        day,
        null as part,
        amount as rollup_count,
        0 as event_count
    from measure_days
    where measure_code = 'loan_count'
    union all
    select
        'measure_days' as rollup_code,
        day,
        null as part,
        0 as rollup_count,
        quantity as event_count
    from happened
    where event_kind = 'loan'
    union all
    select
        'card_days' as rollup_code,
        day,
        'issue' as part,
        issued_count as rollup_count,
        0 as event_count
    from card_days
    union all
    select
        'card_days' as rollup_code,
        day,
        'cancel' as part,
        cancelled_count as rollup_count,
        0 as event_count
    from card_days
    union all
    select
        'card_days' as rollup_code,
        event_at::date as day,
        event_kind as part,
        0 as rollup_count,
        count(*) as event_count
    from card_events
    where event_kind in ('issue', 'cancel')
    group by event_at::date, event_kind
    union all
    select
        'card_holder_count' as rollup_code,
        null as day,
        null as part,
        sum(issued_count - ended_count) as rollup_count,
        0 as event_count
    from card_days
    union all
    select
        'card_holder_count' as rollup_code,
        null as day,
        null as part,
        0 as rollup_count,
        issued.card_count - cancelled.card_count - expired.card_count as event_count
    from issued
    cross join cancelled
    cross join expired
),

added as (
    select
        rollup_code,
        day,
        part,
        coalesce(sum(rollup_count), 0) as rollup_count,
        coalesce(sum(event_count), 0) as event_count
    from counted
    group by rollup_code, day, part
)

select
    rollup_code,
    sum(rollup_count)::bigint as rollup_count,
    sum(event_count)::bigint as event_count,
    count(*) filter (where rollup_count != event_count) as difference_count,
    case when bool_or(rollup_count != event_count) then 'different' else 'equal' end as verdict
from added
group by rollup_code
order by rollup_code
