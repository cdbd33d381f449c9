-- measures_by_month: what each measure of the plan gained in each month.
--
-- grain:    one row per measure and month with a gain
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $measure     code of a measure, or null for every one
-- columns:  measure_code, month, amount

with

gains as (
    select
        measure_code,
        day,
        sum(amount) as amount
    from measure_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($measure::varchar is null or measure_code = $measure::varchar)
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by measure_code, day
)

select
    gains.measure_code,
    date_trunc('month', gains.day)::date as month,
    -- two branches open on one day make one day open
    sum(least(gains.amount, plan_measures.most_a_day)) as amount
from gains
left join plan_measures using (measure_code)
group by gains.measure_code, date_trunc('month', gains.day)::date
order by gains.measure_code, month
