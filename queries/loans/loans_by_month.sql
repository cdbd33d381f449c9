-- loans_by_month: loans and renewals in each month.
--
-- All are null before the month of the first loan on record, renewals up to the first of them.
--
-- grain:    one row per calendar month, months without loans included
-- params:   $start_date  first day of the period
--           $end_date    day after the period, so periods meet without overlap
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, loan_count, renewal_count
-- engine:   generate_series

with

months as (
    select unnest(generate_series(
        date_trunc('month', $start_date::date),
        $end_date::date - interval 1 day,
        interval 1 month
    ))::date as month
),

circulation as (
    select
        date_trunc('month', day)::date as month,
        sum(loan_count)::bigint as loan_count,
        sum(renewal_count)::bigint as renewal_count
    from circulation_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by date_trunc('month', day)::date
)

select
    months.month,
    case
        when date_trunc('month', first_loans.day) <= months.month
            then coalesce(circulation.loan_count, 0)
    end as loan_count,
    case
        when date_trunc('month', first_renewals.day) <= months.month
            then coalesce(circulation.renewal_count, 0)
    end as renewal_count
from months
left join circulation using (month)
inner join first_records as first_loans on first_loans.record_kind = 'loan'
inner join first_records as first_renewals on first_renewals.record_kind = 'renewal'
order by months.month
