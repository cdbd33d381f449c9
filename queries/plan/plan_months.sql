-- plan_months: what each target gained in each month up to $as_of, earlier years too, beside its open days.
--
-- What a forecast is drawn from: amount came about in the past_days open days of the month that are over,
-- ahead_days are those to come. Where the plan states what is due in each month, days of its year are its
-- shares of 365. The month a measure begins in counts from its first day; events are looked for before
-- the first one, too.
--
-- grain:    one row per total, level or rate and month, from the month the data begin to December
-- params:   $as_of   day the plan is judged at
--           $target  code of a target, or null for all of them
-- columns:  target_code, month_end, amount, past_days, ahead_days

with

asked as (
    select
        targets.target_code,
        targets.measure_code,
        targets.scope,
        plan_measures.event_kind is not null as is_of_events
    from targets
    inner join plan_measures using (measure_code)
    where
        targets.kind in ('total', 'level', 'rate')
        and targets.plan_year = extract(year from $as_of::date)
        and ($target::varchar is null or targets.target_code = $target::varchar)
),

starts as (
    select
        measure_code,
        scope,
        min(day) as first_day
    from scope_days
    group by measure_code, scope
),

gains as (
    select
        measure_code,
        scope,
        last_day(day) as month_end,
        sum(amount) as amount
    from scope_days
    where day < make_date(extract(year from $as_of::date), 1, 1)
    group by measure_code, scope, last_day(day)
),

open_days as (
    select
        asked.target_code,
        last_day(calendar_days.day) as month_end,
        count(*) filter (where calendar_days.is_open and calendar_days.day <= $as_of::date)
            as past_days,
        count(*) filter (where calendar_days.is_open and calendar_days.day > $as_of::date)
            as ahead_days
    from asked
    cross join library
    left join starts using (measure_code, scope)
    inner join calendar_days
        on
            calendar_days.day >= least(
                library.first_day, make_date(extract(year from $as_of::date), 1, 1)
            )
            and (
                asked.is_of_events
                or calendar_days.day >= coalesce(starts.first_day, library.first_day)
                or last_day(calendar_days.day) < starts.first_day
            )
    where calendar_days.calendar_year <= extract(year from $as_of::date)
    group by asked.target_code, last_day(calendar_days.day)
),

at_day as (
    select
        target_code,
        done,
        expected_share
    from target_days
    where day = $as_of::date and branch_code is null
),

ends as (
    select
        target_days.target_code,
        target_days.day as month_end,
        target_days.pace_basis,
        at_day.expected_share as day_share,
        -- a net gain can fall, so what stands after the day is cut off by the day, not by its amount
        coalesce(
            case when target_days.day <= $as_of::date then target_days.done else at_day.done end, 0
        ) as done,
        least(target_days.expected_share, at_day.expected_share) as past_share,
        greatest(target_days.expected_share, at_day.expected_share) as share_ahead
    from target_days
    inner join at_day using (target_code)
    where
        target_days.plan_year = extract(year from $as_of::date)
        and target_days.branch_code is null
        and target_days.day = last_day(target_days.day)
),

of_year as (
    select
        target_code,
        month_end,
        pace_basis,
        done - lag(done, 1, 0.0) over of_target as amount,
        365 * (past_share - lag(past_share, 1, 0.0) over of_target) as past_days,
        365 * (share_ahead - lag(share_ahead, 1, day_share) over of_target) as ahead_days
    from ends
    window of_target as (partition by target_code order by month_end)
)

select
    asked.target_code,
    open_days.month_end,
    coalesce(of_year.amount, gains.amount, 0) as amount,
    case
        when of_year.pace_basis = 'months' then of_year.past_days
        else open_days.past_days::double
    end as past_days,
    case
        when of_year.pace_basis = 'months' then of_year.ahead_days
        else open_days.ahead_days::double
    end as ahead_days
from asked
inner join open_days using (target_code)
left join gains
    on
        asked.measure_code = gains.measure_code
        and asked.scope = gains.scope
        and open_days.month_end = gains.month_end
left join of_year
    on asked.target_code = of_year.target_code and open_days.month_end = of_year.month_end
order by asked.target_code, open_days.month_end
