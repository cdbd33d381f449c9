-- year_pace: how much of each year's work should be done by each of its days.
--
-- Open days of the main library count, where its hours are known to the last week of the year.
--
-- engine: generate_series

insert into year_pace

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
    inner join branches using (branch_code)
    where branches.is_main
),

counted as (
    select
        days.day,
        extract(year from days.day) as year,
        count(*) over so_far as days_so_far,
        count(*) over whole_year as days_of_year,
        count(open_days.day) over so_far as open_so_far,
        count(open_days.day) over whole_year as open_of_year,
        min(open_days.day) over whole_year as first_open,
        max(open_days.day) over whole_year as last_open
    from days
    left join open_days using (day)
    window
        so_far as (partition by extract(year from days.day) order by days.day),
        whole_year as (partition by extract(year from days.day))
),

judged as (
    select
        day,
        days_so_far / days_of_year::double as elapsed_share,
        open_so_far / nullif(open_of_year, 0)::double as open_share,
        coalesce(
            first_open < (make_date(year, 1, 1) + interval 7 day)
            and last_open > (make_date(year, 12, 31) - interval 7 day),
            false
        ) as is_by_open_days
    from counted
)

select
    day,
    elapsed_share,
    case when is_by_open_days then open_share else elapsed_share end as expected_share,
    is_by_open_days
from judged
order by day
