-- borrowers_by_month: who borrowed in each month, and who did so for the first time.
--
-- grain:    one row per calendar month with a borrower
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, borrower_count, new_borrower_count

with

borrowers as (
    -- the network or one branch: nobody is counted whose day before was in the month too
    select
        date_trunc('month', day)::date as month,
        sum(borrower_count) filter (
            where
            coalesce(
                previous_day < greatest(date_trunc('month', day)::date, $start_date::date), true
            )
        ) as borrower_count,
        sum(new_borrower_count) as new_borrower_count
    from borrower_days
    where
        scope = case
            when $branches::varchar[] is null then '*'
            when len($branches::varchar[]) = 1 then list_extract($branches::varchar[], 1)
        end
        and day >= $start_date::date
        and day < $end_date::date
    group by date_trunc('month', day)::date
    union all
    select
        date_trunc('month', day)::date as month,
        count(distinct reader_id) as borrower_count,
        count(*) filter (where previous_day is null) as new_borrower_count
    from reader_days
    where
        len($branches::varchar[]) > 1
        and list_contains($branches::varchar[], branch_code)
        and day >= $start_date::date
        and day < $end_date::date
    group by date_trunc('month', day)::date
)

select
    month,
    borrower_count::bigint as borrower_count,
    new_borrower_count::bigint as new_borrower_count
from borrowers
order by month
