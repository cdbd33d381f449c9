-- year_pace: how much of each year's work should be done by each of its days.
--
-- Open days of the main library count, where its hours are known to the last week of the year.

insert into year_pace

with

counted as (
    select
        day,
        has_hours,
        count(*) over so_far as days_so_far,
        count(*) over whole_year as days_of_year,
        count(*) filter (where is_open) over so_far as open_so_far,
        count(*) filter (where is_open) over whole_year as open_of_year
    from calendar_days
    window
        so_far as (partition by calendar_year order by day),
        whole_year as (partition by calendar_year)
)

select
    day,
    days_so_far / days_of_year::double as elapsed_share,
    open_so_far / open_of_year::double as expected_share,
    has_hours as is_by_open_days
from counted
order by day
