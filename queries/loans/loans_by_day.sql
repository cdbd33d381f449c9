-- loans_by_day: loans on each day, and whether any of the branches was open.
--
-- Loans are null before the first on record.
--
-- grain:    one row per day, days without loans included
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  day, loan_count, is_open
-- engine:   generate_series

with

days as (
    select unnest(generate_series(
        $start_date::date,
        $end_date::date - interval 1 day,
        interval 1 day
    ))::date as day
),

circulation as (
    select
        day,
        sum(loan_count)::bigint as loan_count
    from circulation_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by day
),

hours as (
    select
        day,
        true as is_open
    from opening_hours
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by day
),

known as (
    select count(*) > 0 as has_hours
    from opening_hours
)

select
    days.day,
    case when first_records.day <= days.day then coalesce(circulation.loan_count, 0) end
        as loan_count,
    -- null, not false, where nobody has said when the library opens
    case when known.has_hours then coalesce(hours.is_open, false) end as is_open
from days
left join circulation using (day)
left join hours using (day)
cross join known
inner join first_records on first_records.record_kind = 'loan'
order by days.day
