-- card_headline: cards issued and cancelled in the period, holders at its end, and rates.
--
-- cancellation_rate (退证率) is of ever_issued_count, all cards issued up to the end of the period.
--
-- grain:    one row, all null where no card event is known up to the end of the period
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  issued_count, cancelled_count, card_holder_count, ever_issued_count, cancellation_rate

with

cards as (
    select
        count(*) > 0 as has_cards,
        coalesce(sum(issued_count) filter (where day >= $start_date::date), 0) as issued_count,
        coalesce(sum(cancelled_count) filter (where day >= $start_date::date), 0)
            as cancelled_count,
        sum(issued_count) as ever_issued_count,
        sum(cancelled_count) / nullif(sum(issued_count), 0) as cancellation_rate
    from card_days
    where
        day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

gains as (
    select
        sum(amount) filter (where day >= $start_date::date) as gained,
        sum(amount) filter (where day < $start_date::date) as gained_before
    from measure_days
    where
        measure_code = 'card_holder_count'
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    case when cards.has_cards then cards.issued_count end::bigint as issued_count,
    case when cards.has_cards then cards.cancelled_count end::bigint as cancelled_count,
    stock_of(
        amount_of(gains.gained, gains.gained_before, false), gains.gained_before
    )::bigint as card_holder_count,
    cards.ever_issued_count::bigint as ever_issued_count,
    cards.cancellation_rate::double as cancellation_rate
from cards
cross join gains
