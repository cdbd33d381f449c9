-- closed_days: days on which the library was closed by its opening hours, nobody having to note it.
--
-- The library is the branches chosen, for the whole network the main one. A day without hours is a
-- closed day only between the first and the last day whose hours are known: before and after them
-- nobody has said anything.
--
-- grain:    one row per closed day of the period
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  day
-- engine:   generate_series

with

hours as (
    select distinct opening_hours.day
    from opening_hours
    left join branches using (branch_code)
    where
        case
            when $branches::varchar[] is null then coalesce(branches.is_main, false)
            else list_contains($branches::varchar[], opening_hours.branch_code)
        end
),

known as (
    select
        min(day) as first_day,
        max(day) as last_day
    from hours
),

days as (
    select unnest(generate_series(
        $start_date::date,
        $end_date::date - interval 1 day,
        interval 1 day
    ))::date as day
)

select days.day
from days
inner join known on days.day between known.first_day and known.last_day
left join hours on days.day = hours.day
where hours.day is null
order by days.day
