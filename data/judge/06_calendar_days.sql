-- calendar_days: every day of the years the data covers, and the part of the year it belongs to.
--
-- Spring Festival moves between 21 January and 20 February and takes the weeks around it with it: F0
-- and F1 are the fortnight before the first day of the lunar year, F2 the week it begins, F3 and F4 the
-- two after. What is left of January and February is one part, since some years leave a few days of it.
--
-- engine: generate_series

insert into calendar_days

with

days as (
    select
        unnest(generate_series(
            date_trunc('year', first_day),
            date_trunc('year', last_day) + interval 1 year - interval 1 day,
            interval 1 day
        ))::date as day
    from library
),

open_days as (
    select distinct opening_hours.day
    from opening_hours
    inner join main_branches
        on opening_hours.branch_code is not distinct from main_branches.branch_code
),

counted as (
    select
        days.day,
        extract(year from days.day) as calendar_year,
        open_days.day is not null as has_opened,
        min(open_days.day) over whole_year as first_open,
        max(open_days.day) over whole_year as last_open
    from days
    left join open_days using (day)
    window whole_year as (partition by extract(year from days.day))
),

known as (
    select
        day,
        calendar_year,
        has_opened,
        coalesce(
            first_open < (make_date(calendar_year, 1, 1) + interval 7 day)
            and last_open > (make_date(calendar_year, 12, 31) - interval 7 day),
            false
        ) as has_hours
    from counted
)

select
    known.day,
    known.calendar_year,
    known.has_opened or not known.has_hours as is_open,
    known.has_hours,
    case
        when
            known.day >= spring_festivals.day - interval 14 day
            and known.day < spring_festivals.day + interval 21 day
            then 'F' || (date_diff('day', spring_festivals.day, known.day) + 14) // 7
        when extract(month from known.day) <= 2 then 'M01'
        else 'M' || lpad(extract(month from known.day)::varchar, 2, '0')
    end as season_part
from known
left join spring_festivals using (calendar_year)
order by known.day
