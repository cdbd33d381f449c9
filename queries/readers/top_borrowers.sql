-- top_borrowers: the readers with the most loans in the period.
--
-- Equal counts share a rank and the next rank is skipped (1, 2, 2, 4); all who share the last rank
-- are listed, so the order of a file never decides who gets an award. A rank that would make the list longer
-- than twice $limit is one row without a reader: tied_count says how many share it. Where fewer than $floor readers
-- borrowed nobody is listed: one day in one branch would name its only borrower.
--
-- grain:    one row per reader of rank $limit or better, and one for a rank that too many share
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $limit       last rank listed
--           $floor       fewest borrowers that are ranked
-- columns:  rank, reader_id, loan_count, tied_count

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

-- rank only those who can be on the list: sorting every reader is the whole cost of a big library
last_count as (
    select min(loan_count) as loan_count
    from (
        select loan_count
        from reader_loans
        order by loan_count desc
        limit $limit
    ) as listed
),

borrowers as (select count(*) as borrower_count from reader_loans),

ranked as (
    select
        rank() over (order by reader_loans.loan_count desc) as rank,
        reader_loans.reader_id,
        reader_loans.loan_count,
        count(*) over (partition by reader_loans.loan_count) as tied_count
    from reader_loans
    inner join last_count on reader_loans.loan_count >= last_count.loan_count
    cross join borrowers
    where borrowers.borrower_count >= $floor
)

select
    rank,
    reader_id,
    loan_count,
    tied_count
from ranked
where rank + tied_count - 1 <= 2 * $limit
union all
select distinct
    rank,
    null::bigint as reader_id,
    loan_count,
    tied_count
from ranked
where rank + tied_count - 1 > 2 * $limit
order by rank, reader_id
