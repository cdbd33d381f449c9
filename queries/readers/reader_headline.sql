-- reader_headline: how many people borrow, how many of them for the first time, and how much each.
--
-- All are null of days before the first circulation of the branches on record.
--
-- grain:    one row
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       last day of the 12 months that make a borrower active
-- columns:  borrower_count, new_borrower_count, active_borrower_count, loans_per_borrower

with

-- of each two parts one is always empty: several branches are chosen or they are not
borrowers as (
    -- the network or one branch: nobody is counted whose day before was in the period too
    select
        sum(borrower_count) filter (where coalesce(previous_day < $start_date::date, true))
            as borrower_count,
        sum(new_borrower_count) as new_borrower_count
    from borrower_days
    where
        scope = case
            when $branches::varchar[] is null then '*'
            when len($branches::varchar[]) = 1 then list_extract($branches::varchar[], 1)
        end
        and day >= $start_date::date
        and day < $end_date::date
    union all
    select
        count(distinct reader_id) as borrower_count,
        count(*) filter (where previous_day is null) as new_borrower_count
    from reader_days
    where
        len($branches::varchar[]) > 1
        and list_contains($branches::varchar[], branch_code)
        and day >= $start_date::date
        and day < $end_date::date
),

actives as (
    select sum(borrower_count) as active_borrower_count
    from borrower_days
    where
        scope = case
            when $branches::varchar[] is null then '*'
            when len($branches::varchar[]) = 1 then list_extract($branches::varchar[], 1)
        end
        and day > ($as_of::date - interval 12 month)::date
        and day <= $as_of::date
        and coalesce(previous_day <= ($as_of::date - interval 12 month)::date, true)
    union all
    select count(distinct reader_id) as active_borrower_count
    from reader_days
    where
        len($branches::varchar[]) > 1
        and list_contains($branches::varchar[], branch_code)
        and day > ($as_of::date - interval 12 month)::date
        and day <= $as_of::date
),

loans as (
    select sum(loan_count) as loan_count
    from reader_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

period as (
    select
        sum(borrower_count)::bigint as borrower_count,
        sum(new_borrower_count)::bigint as new_borrower_count
    from borrowers
),

year as (
    select sum(active_borrower_count)::bigint as active_borrower_count
    from actives
),

known as (
    select min(day) as first_day
    from circulation_days
    where $branches::varchar[] is null or list_contains($branches::varchar[], branch_code)
)

select
    case when known.first_day < $end_date::date then period.borrower_count end as borrower_count,
    case when known.first_day < $end_date::date then period.new_borrower_count end
        as new_borrower_count,
    case when known.first_day <= $as_of::date then year.active_borrower_count end
        as active_borrower_count,
    (loans.loan_count / nullif(period.borrower_count, 0))::double as loans_per_borrower
from period
cross join year
cross join loans
cross join known
