-- loans_by_hour: loans in each hour of each weekday, whole and per day of the period.
--
-- A date without a time is read as midnight, so the hour after it is left out unless something was lent between
-- one and six as well: a library open through the night lends then too.
--
-- grain:    one row per ISO weekday (1 = Monday) and hour (0 to 23) with a loan
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  weekday, hour, loan_count, loans_per_day
-- engine:   generate_series

with

weekdays as (
    select
        extract(isodow from day) as weekday,
        count(*) as day_count
    from (
        select unnest(generate_series(
            $start_date::date,
            $end_date::date - interval 1 day,
            interval 1 day
        )) as day
    ) as days
    group by extract(isodow from day)
),

hours as (
    select
        extract(isodow from day) as weekday,
        hour,
        sum(loan_count)::bigint as loan_count
    from loan_hours
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by extract(isodow from day), hour
),

nights as (
    select coalesce(sum(loan_count) > 0, false) as are_open
    from loan_hours
    where
        hour between 1 and 5
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    hours.weekday,
    hours.hour,
    hours.loan_count,
    hours.loan_count / weekdays.day_count::double as loans_per_day
from hours
inner join weekdays using (weekday)
cross join nights
where hours.hour > 0 or nights.are_open
order by hours.weekday, hours.hour
