-- measures_by_month: what each measure of the plan gained in each month.
--
-- grain:    one row per measure and month with a gain
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $measure     code of a measure, or null for every one
-- columns:  measure_code, month, amount

select
    measure_code,
    date_trunc('month', day)::date as month,
    sum(amount) as amount
from measure_days
where
    day >= $start_date::date
    and day < $end_date::date
    and ($measure::varchar is null or measure_code = $measure::varchar)
group by measure_code, date_trunc('month', day)::date
order by measure_code, month
