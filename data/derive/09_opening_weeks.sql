-- opening_weeks: hours open in each week from a branch's first interval to its last.
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
        unnest(generate_series(min(week_start), max(week_start), interval 7 day))::date
            as week_start
    from hours
    group by branch_code
)

select
    spans.week_start,
    spans.branch_code,
    coalesce(hours.open_hours, 0) as open_hours
from spans
left join hours using (branch_code, week_start)
order by spans.week_start, spans.branch_code
