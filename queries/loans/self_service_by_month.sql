-- self_service_by_month: share of the loans of each month that were made at self-service machines.
--
-- The share is null of a month without a loan, and of one in which no channel was recorded; loans are null
-- before the month of the first on record.
--
-- grain:    one row per calendar month, months without loans included
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, loan_count, self_service_loan_count, self_service_share
-- engine:   generate_series

with

months as (
    select unnest(generate_series(
        date_trunc('month', $start_date::date),
        $end_date::date - interval 1 day,
        interval 1 month
    ))::date as month
),

gains as (
    select
        date_trunc('month', day)::date as month,
        sum(amount) filter (where measure_code = 'loan_count') as loan_count,
        sum(amount) filter (where measure_code = 'self_service_loan_count')
            as self_service_loan_count
    from measure_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by date_trunc('month', day)::date
)

select
    months.month,
    case
        when date_trunc('month', first_records.day) <= months.month
            then coalesce(gains.loan_count, 0)
    end::bigint as loan_count,
    gains.self_service_loan_count::bigint as self_service_loan_count,
    rate_of(gains.self_service_loan_count, gains.loan_count) as self_service_share
from months
left join gains using (month)
inner join first_records on first_records.record_kind = 'loan'
order by months.month
