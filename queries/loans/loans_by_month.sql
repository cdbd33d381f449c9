-- loans_by_month: loans, renewals and borrowers in each month.
--
-- grain:    one row per calendar month, months without loans included
-- params:   $start_date  first day of the period
--           $end_date    day after the period, so periods meet without overlap
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, loan_count, renewal_count, borrower_count
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
),

borrowers as (
    -- the network or one branch: nobody is counted whose day before was in the month too
    select
        date_trunc('month', day)::date as month,
        sum(borrower_count)::bigint as borrower_count
    from borrower_days
    where
        scope = case
            when $branches::varchar[] is null then '*'
            when len($branches::varchar[]) = 1 then list_extract($branches::varchar[], 1)
        end
        and day >= $start_date::date
        and day < $end_date::date
        and coalesce(
            previous_day < greatest(date_trunc('month', day)::date, $start_date::date), true
        )
    group by date_trunc('month', day)::date
    union all
    select
        date_trunc('month', day)::date as month,
        count(distinct reader_id) as borrower_count
    from reader_days
    where
        len($branches::varchar[]) > 1
        and list_contains($branches::varchar[], branch_code)
        and day >= $start_date::date
        and day < $end_date::date
    group by date_trunc('month', day)::date
)

select
    months.month,
    coalesce(circulation.loan_count, 0) as loan_count,
    coalesce(circulation.renewal_count, 0) as renewal_count,
    coalesce(borrowers.borrower_count, 0) as borrower_count
from months
left join circulation using (month)
left join borrowers using (month)
order by months.month
