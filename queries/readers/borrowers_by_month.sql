-- borrowers_by_month: who borrowed in each month, and who did so for the first time.
--
-- grain:    one row per calendar month with a borrower
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, borrower_count, new_borrower_count

select
    date_trunc('month', day)::date as month,
    -- without a choice of branches nobody is counted whose day before was in the month too
    count(*) filter (
        where
        $branches::varchar[] is null
        and coalesce(
            previous_day < greatest(date_trunc('month', day)::date, $start_date::date), true
        )
    )
    + count(distinct reader_id) filter (where $branches::varchar[] is not null) as borrower_count,
    count(*) filter (where previous_day is null) as new_borrower_count
from reader_days
where
    day >= $start_date::date
    and day < $end_date::date
    and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
group by date_trunc('month', day)::date
order by month
