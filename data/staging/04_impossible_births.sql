-- impossible_births: readers born before 1900, after their first loan, or after the list was written.

create or replace temp table impossible_births as

with

lent as (
    select
        reader,
        loaned_at
    from records.loans
    union all
    select
        reader,
        done_at as loaned_at
    from records.log
    where kind = 'loan'
),

first_loans as (
    select
        reader,
        min(loaned_at) as loaned_at
    from lent
    where reader is not null
    group by reader
)

select readers.reader
from records.readers
left join first_loans using (reader)
where
    readers.born_on < date '1900-01-01'
    or readers.born_on > coalesce(first_loans.loaned_at, readers.written_at)
