-- loan_roots: of systems that write a renewal as another loan, the loan it renews.

create or replace temp table loan_roots as

with recursive

chains as (
    select
        loan,
        loan as root,
        1 as depth
    from records.loans
    where parent is null and loan in (select renewed.parent from records.loans as renewed)
    union all
    select
        renewals.loan,
        chains.root,
        chains.depth + 1 as depth
    from records.loans as renewals
    inner join chains on renewals.parent = chains.loan
    -- a loan that renews itself, by way of others or not, ends here
    where chains.depth < 100
)

select
    loan,
    root,
    depth = max(depth) over (partition by root) as is_last
from chains
