-- cards_by_month: cards issued and cancelled in each month, and the holders at its end.
--
-- holder_count is the stock at the end of the month, or of the period where that comes first; it
-- counts from the first card on. All three are null where the library has no card events.
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

cards as (
    select
        day,
        issued_count,
        cancelled_count,
        ended_count
    from card_days
    where
        day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

known as (
    select count(*) > 0 as has_cards
    from card_days
),

changes as (
    select
        date_trunc('month', day)::date as month,
        sum(issued_count) filter (where day >= $start_date::date) as issued_count,
        sum(cancelled_count) filter (where day >= $start_date::date) as cancelled_count,
        sum(issued_count - ended_count) as holder_change
    from cards
    group by date_trunc('month', day)::date
),

before as (
    select coalesce(sum(holder_change), 0) as holder_count
    from changes
    where month < date_trunc('month', $start_date::date)
)

select
    months.month,
    case when known.has_cards then coalesce(changes.issued_count, 0) end::bigint as issued_count,
    case when known.has_cards then coalesce(changes.cancelled_count, 0) end::bigint
        as cancelled_count,
    case
        when known.has_cards
            then
                before.holder_count
                + sum(coalesce(changes.holder_change, 0)) over (order by months.month)
    end::bigint as holder_count
from months
left join changes using (month)
cross join before
cross join known
order by months.month
