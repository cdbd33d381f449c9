-- card_headline: cards issued and cancelled in the period, holders at its end, and rates.
--
-- cancellation_rate (退证率) is of ever_issued_count, all cards issued up to the end of the period: those of
-- them that were cancelled by then. yearly_cancellation_rate is those cancelled in the 12 months to $as_of over
-- the mean of each day's holders, null where the record of cancellations does not reach back so far. Both
-- leave out cancellations of cards whose issue is not on record, and count the others where the card was
-- issued. What was cancelled is null as long as nothing but issues is on record.
--
-- grain:    one row, all null where no card event is known up to the end of the period
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       last day of the 12 months of the yearly rate
-- columns:  issued_count, cancelled_count, card_holder_count, ever_issued_count, cancellation_rate, yearly_cancellation_rate

with

cards as (
    select
        count(*) > 0 as has_cards,
        coalesce(sum(issued_count) filter (where day >= $start_date::date), 0) as issued_count,
        coalesce(sum(cancelled_count) filter (where day >= $start_date::date), 0)
            as cancelled_count,
        sum(issued_count) as ever_issued_count
    from card_days
    where
        day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

gains as (
    select
        sum(amount) filter (where day >= $start_date::date and day < $end_date::date) as gained,
        sum(amount) filter (where day < $start_date::date) as gained_before,
        -- each day's holders, added up over the 12 months: a gain counts from its day on
        sum(
            amount * date_diff(
                'day',
                greatest(day, ($as_of::date - interval 12 month + interval 1 day)::date),
                ($as_of::date + interval 1 day)::date
            )
        ) filter (where day <= $as_of::date) as holder_days
    from measure_days
    where
        measure_code = 'card_holder_count'
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

cancelled as (
    select
        count(*) filter (where day < $end_date::date) as ever_count,
        count(*) filter (
            where day > ($as_of::date - interval 12 month)::date and day <= $as_of::date
        ) as yearly_count
    from cards_cancelled
    where $branches::varchar[] is null or list_contains($branches::varchar[], branch_code)
),

year as (
    select
        ($as_of::date - interval 12 month + interval 1 day)::date as first_day,
        date_diff('day', ($as_of::date - interval 12 month)::date, $as_of::date) as day_count
)

select
    case when cards.has_cards then cards.issued_count end::bigint as issued_count,
    case
        when cards.has_cards and first_records.day < $end_date::date then cards.cancelled_count
    end::bigint as cancelled_count,
    stock_of(
        amount_of(gains.gained, gains.gained_before, false), gains.gained_before
    )::bigint as card_holder_count,
    cards.ever_issued_count::bigint as ever_issued_count,
    case
        when first_records.day < $end_date::date
            then rate_of(cancelled.ever_count, cards.ever_issued_count)
    end as cancellation_rate,
    case
        when first_records.day <= year.first_day
            then rate_of(cancelled.yearly_count, gains.holder_days / year.day_count::double)
    end as yearly_cancellation_rate
from cards
cross join gains
cross join cancelled
cross join year
inner join first_records on first_records.record_kind = 'cancel'
