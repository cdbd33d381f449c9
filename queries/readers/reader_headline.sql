-- reader_headline: how many people borrow, how many of them for the first time, and how much each.
--
-- grain:    one row
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       last day of the 12 months that make a borrower active
-- columns:  borrower_count, new_borrower_count, active_borrower_count, loans_per_borrower

with

period as (
    select
        -- without a choice of branches nobody is counted whose day before was in the period too
        count(*) filter (
            where
            $branches::varchar[] is null and coalesce(previous_day < $start_date::date, true)
        )
        + count(distinct reader_id) filter (where $branches::varchar[] is not null)
            as borrower_count,
        count(*) filter (where previous_day is null) as new_borrower_count,
        sum(loan_count)::bigint as loan_count
    from reader_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

year as (
    select
        count(*) filter (
            where
            $branches::varchar[] is null
            and coalesce(previous_day <= ($as_of::date - interval 12 month)::date, true)
        )
        + count(distinct reader_id) filter (where $branches::varchar[] is not null)
            as active_borrower_count
    from reader_days
    where
        day > ($as_of::date - interval 12 month)::date
        and day <= $as_of::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    period.borrower_count,
    period.new_borrower_count,
    year.active_borrower_count,
    period.loan_count / nullif(period.borrower_count, 0)::double as loans_per_borrower
from period
cross join year
