-- measure_pace: how much of a measure's year should be done by each day, in each scope that promises it.
--
-- From the library's own earlier years, all of which count that the measure was recorded through from
-- January on: what came about on an open day of each part of the year (calendar_days), so that closed
-- days are out and Spring Festival stands where it falls. Fewer than 100 in those years, or losses in
-- a part of them, make no profile: then open days, or calendar days where hours are not known.

insert into measure_pace

with

plan_measure_years as (
    select distinct
        plan_year,
        measure_code,
        scope
    from targets
),

starts as (
    select
        measure_code,
        scope,
        min(day) as first_day
    from scope_days
    group by measure_code, scope
),

profile_years as (
    select distinct
        plan_measure_years.plan_year,
        plan_measure_years.measure_code,
        plan_measure_years.scope,
        calendar_days.calendar_year
    from plan_measure_years
    inner join starts using (measure_code, scope)
    cross join library
    inner join calendar_days
        on
            plan_measure_years.plan_year > calendar_days.calendar_year
            and starts.first_day <= make_date(calendar_days.calendar_year, 1, 31)
            and library.first_day <= make_date(calendar_days.calendar_year, 1, 31)
),

part_days as (
    select
        profile_years.plan_year,
        profile_years.measure_code,
        profile_years.scope,
        calendar_days.season_part,
        count(*) filter (where calendar_days.is_open) as open_day_count
    from profile_years
    inner join calendar_days using (calendar_year)
    group by
        profile_years.plan_year,
        profile_years.measure_code,
        profile_years.scope,
        calendar_days.season_part
),

part_gains as (
    select
        profile_years.plan_year,
        profile_years.measure_code,
        profile_years.scope,
        calendar_days.season_part,
        sum(scope_days.amount) as amount
    from profile_years
    inner join calendar_days using (calendar_year)
    inner join scope_days
        on
            profile_years.measure_code = scope_days.measure_code
            and profile_years.scope = scope_days.scope
            and calendar_days.day = scope_days.day
    group by
        profile_years.plan_year,
        profile_years.measure_code,
        profile_years.scope,
        calendar_days.season_part
),

parts as (
    select
        plan_year,
        measure_code,
        scope,
        part_days.season_part,
        coalesce(part_gains.amount, 0) / nullif(part_days.open_day_count, 0) as amount_per_day,
        sum(coalesce(part_gains.amount, 0)) over of_measure as amount_of_years,
        min(coalesce(part_gains.amount, 0)) over of_measure as least_amount,
        sum(coalesce(part_gains.amount, 0)) over of_measure
        / sum(part_days.open_day_count) over of_measure as mean_per_day
    from part_days
    left join part_gains using (plan_year, measure_code, scope, season_part)
    window of_measure as (partition by plan_year, measure_code, scope)
),

days as (
    select
        plan_measure_years.plan_year,
        plan_measure_years.measure_code,
        plan_measure_years.scope,
        calendar_days.day,
        calendar_days.season_part,
        calendar_days.is_open,
        year_pace.expected_share as open_share,
        year_pace.is_by_open_days
    from plan_measure_years
    inner join calendar_days on plan_measure_years.plan_year = calendar_days.calendar_year
    inner join year_pace using (day)
),

expected as (
    select
        days.plan_year,
        days.measure_code,
        days.scope,
        days.day,
        days.open_share,
        days.is_by_open_days,
        parts.amount_of_years >= 100 and parts.least_amount >= 0 as has_profile,
        -- a part that no earlier year was open in is as busy as the others
        case when days.is_open then coalesce(parts.amount_per_day, parts.mean_per_day) else 0 end
            as expected_amount
    from days
    left join parts using (plan_year, measure_code, scope, season_part)
),

added as (
    select
        plan_year,
        measure_code,
        scope,
        day,
        open_share,
        is_by_open_days,
        -- nothing can be told of a year open only in parts in which nothing came about
        coalesce(bool_and(has_profile) over whole_year, false)
        and sum(expected_amount) over whole_year > 0 as has_profile,
        sum(expected_amount) over so_far
        / nullif(sum(expected_amount) over whole_year, 0) as profile_share
    from expected
    window
        so_far as (partition by plan_year, measure_code, scope order by day),
        whole_year as (partition by plan_year, measure_code, scope)
)

select
    plan_year,
    measure_code,
    scope,
    day,
    case when has_profile then profile_share else open_share end as expected_share,
    case
        when has_profile then 'profile'
        when is_by_open_days then 'open_days'
        else 'calendar'
    end as pace_basis
from added
order by plan_year, measure_code, scope, day
