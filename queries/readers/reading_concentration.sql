-- reading_concentration: the share of all loans that the busiest readers make.
--
-- Readers are cut into 100 equal parts from the busiest down; with fewer than 100 borrowers there
-- are as many rows as borrowers.
--
-- grain:    one row per hundredth of the borrowers
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  borrower_share, loan_share, borrower_count, loan_count
-- engine:   range

with

reader_loans as (
    select
        reader_id,
        sum(loan_count)::bigint as loan_count
    from reader_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by reader_id
),

-- how many readers have each number of loans: the same curve from far fewer rows
levels as (
    select
        loan_count as loans_each,
        count(*) as borrower_count
    from reader_loans
    group by loan_count
),

running as (
    select
        loans_each,
        borrower_count,
        sum(borrower_count) over (order by loans_each desc) as borrowers_so_far,
        sum(borrower_count * loans_each) over (order by loans_each desc) as loans_so_far,
        sum(borrower_count) over () as borrowers_in_all,
        sum(borrower_count * loans_each) over () as loans_in_all
    from levels
),

hundredths as (
    select distinct
        running.borrowers_in_all,
        running.loans_in_all,
        ceil(running.borrowers_in_all * parts.part / 100.0)::bigint as borrowers_so_far
    from running
    cross join range(1, 101) as parts (part)
)

select
    (hundredths.borrowers_so_far / hundredths.borrowers_in_all)::double as borrower_share,
    (
        -- the readers of the last level are alike, so any of them may be the ones let in
        running.loans_so_far
        - (running.borrowers_so_far - hundredths.borrowers_so_far) * running.loans_each
    )::double / hundredths.loans_in_all::double as loan_share,
    hundredths.borrowers_so_far::bigint as borrower_count,
    (
        running.loans_so_far
        - (running.borrowers_so_far - hundredths.borrowers_so_far) * running.loans_each
    )::bigint as loan_count
from hundredths
inner join running
    on
        hundredths.borrowers_so_far <= running.borrowers_so_far
        and hundredths.borrowers_so_far > running.borrowers_so_far - running.borrower_count
order by hundredths.borrowers_so_far
