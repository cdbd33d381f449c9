-- overlapping: loans of an item that was lent again while it was still out, and when.

create or replace temp table overlapping as

with

lent as (
    select
        loan,
        returned_at,
        lead(loaned_at) over (partition by item order by loaned_at, loan) as next_loaned_at
    from records.loans
    -- a renewal is no other loan of the item
    where item is not null and parent is null
)

select
    loan,
    next_loaned_at
from lent
where next_loaned_at < coalesce(returned_at, 'infinity'::timestamp)
