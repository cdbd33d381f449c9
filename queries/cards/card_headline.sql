-- card_headline: cards issued and cancelled in the period, holders at its end, and rates.
--
-- cancellation_rate (退证率) is of all cards ever issued up to the end of the period.
--
-- grain:    one row, all null where the library has no card events
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  issued_count, cancelled_count, card_holder_count, cancellation_rate

with

known as (
    select count(*) > 0 as has_cards
    from card_days
),

cards as (
    select
        coalesce(sum(issued_count) filter (where day >= $start_date::date), 0) as issued_count,
        coalesce(sum(cancelled_count) filter (where day >= $start_date::date), 0)
            as cancelled_count,
        coalesce(sum(issued_count - ended_count), 0) as card_holder_count,
        sum(cancelled_count) / nullif(sum(issued_count), 0) as cancellation_rate
    from card_days
    where
        day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    (case when known.has_cards then cards.issued_count end)::bigint as issued_count,
    (case when known.has_cards then cards.cancelled_count end)::bigint as cancelled_count,
    (case when known.has_cards then cards.card_holder_count end)::bigint as card_holder_count,
    cards.cancellation_rate::double as cancellation_rate
from cards
cross join known
