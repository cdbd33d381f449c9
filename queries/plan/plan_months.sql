-- plan_months: what each target gained in each month of the year of $as_of, beside its share of the year.
--
-- What a forecast is drawn from: amount came about up to $as_of in the part of the month that is over,
-- past_share is that part's share of a whole year's work, ahead_share that of the part to come.
--
-- grain:    one row per total, level or rate and month of its year
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, month_end, amount, past_share, ahead_share

with

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
        at_day.expected_share as day_share,
        -- a net gain can fall, so what stands after the day is cut off by the day, not by its amount
        coalesce(
            case when target_days.day <= $as_of::date then target_days.done else at_day.done end, 0
        ) as done,
        least(target_days.expected_share, at_day.expected_share) as past_share,
        greatest(target_days.expected_share, at_day.expected_share) as share_ahead
    from target_days
    inner join at_day using (target_code)
    inner join targets using (plan_year, target_code)
    where
        targets.kind in ('total', 'level', 'rate')
        and target_days.plan_year = extract(year from $as_of::date)
        and target_days.branch_code is null
        and target_days.day = last_day(target_days.day)
)

select
    target_code,
    month_end,
    done - lag(done, 1, 0.0) over of_target as amount,
    past_share - lag(past_share, 1, 0.0) over of_target as past_share,
    share_ahead - lag(share_ahead, 1, day_share) over of_target as ahead_share
from ends
window of_target as (partition by target_code order by month_end)
order by target_code, month_end
