-- cards_by_month: cards issued and cancelled in each month, and the holders at its end.
--
-- holder_count is the stock at the end of the month, or of the period where that comes first; it
-- counts from the first card on and is null before it. All three are null before the month of the library's
-- first card event, cancelled_count also up to the month in which something but an issue was first recorded.
--
-- grain:    one row per calendar month
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, issued_count, cancelled_count, holder_count
-- engine:   generate_series

with

months as (
    select unnest(generate_series(
        date_trunc('month', $start_date::date),
        $end_date::date - interval 1 day,
        interval 1 month
    ))::date as month
),

known as (
    select date_trunc('month', min(day)) as first_month
    from card_days
),

changes as (
    select
        date_trunc('month', day)::date as month,
        sum(issued_count) as issued_count,
        sum(cancelled_count) as cancelled_count
    from card_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by date_trunc('month', day)::date
),

gains as (
    select
        date_trunc('month', day)::date as month,
        sum(amount) as gained
    from measure_days
    where
        measure_code = 'card_holder_count'
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by date_trunc('month', day)::date
),

before as (
    select sum(gained) as gained_before
    from gains
    where month < date_trunc('month', $start_date::date)
)

select
    months.month,
    case when known.first_month <= months.month then coalesce(changes.issued_count, 0) end::bigint
        as issued_count,
    case
        when date_trunc('month', first_records.day) <= months.month
            then coalesce(changes.cancelled_count, 0)
    end::bigint as cancelled_count,
    stock_of(
        amount_of(sum(gains.gained) over (order by months.month), before.gained_before, false),
        before.gained_before
    )::bigint as holder_count
from months
left join changes using (month)
left join gains using (month)
cross join before
cross join known
inner join first_records on first_records.record_kind = 'cancel'
order by months.month
