-- opening_weeks: hours open in each week from a branch's first whole one to its last.
--
-- A branch that opens in midweek has not promised that week. One that runs on into a year whose hours
-- nobody has announced is not known.
--
-- engine: generate_series

insert into opening_weeks

with

hours as (
    select
        branch_code,
        date_trunc('week', day)::date as week_start,
        sum(date_diff('minute', opens_at, closes_at)) / 60 as open_hours
    from opening_hours
    group by branch_code, date_trunc('week', day)::date
),

spans as (
    select
        branch_code,
        unnest(generate_series(
            date_trunc('week', min(day) + interval 6 day),
            date_trunc('week', max(day)),
            interval 7 day
        ))::date as week_start
    from opening_hours
    group by branch_code
)

select
    spans.week_start,
    spans.branch_code,
    coalesce(hours.open_hours, 0) as open_hours
from spans
left join hours
    on
        spans.branch_code is not distinct from hours.branch_code
        and spans.week_start = hours.week_start
where
    extract(year from spans.week_start + interval 6 day) = week_year(spans.week_start)
    or make_date(week_year(spans.week_start), 12, 31) < (
        select max(opening_hours.day) from opening_hours
    )
order by spans.week_start, spans.branch_code
