-- card_headline: cards issued and cancelled in the period, holders at its end, and rates.
--
-- grain:    one row, all null where the library has no card events
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  issued_count, cancelled_count, card_holder_count, cancellation_rate

select
    (sum(issued_count) filter (where day >= $start_date::date))::bigint as issued_count,
    (sum(cancelled_count) filter (where day >= $start_date::date))::bigint as cancelled_count,
    sum(issued_count - ended_count)::bigint as card_holder_count,
    -- of all cards ever issued up to the end of the period (退证率)
    (sum(cancelled_count) / nullif(sum(issued_count), 0))::double as cancellation_rate
from card_days
where
    day < $end_date::date
    and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
