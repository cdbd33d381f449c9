-- mended_loans: each loan with its times mended. A renewal lies between the two ends of its loan,
-- and the far end of a loan still out is the end of the data.

create or replace temp view mended_loans as

with

given as (
    select coalesce(max(loan), 0)::bigint as last_number
    from records.loans
    where loan < 9223372036854775808
),

numbered as (
    select
        loans.*,
        coalesce(loan_roots.root, loans.loan) as root,
        loans.parent is not null as is_renewal,
        coalesce(loan_roots.is_last, true) as is_last,
        case
            when loans.returned_at < loans.loaned_at then loans.loaned_at
            when frame.overlapping_loan = 'closed' and overlapping.loan is not null
                then overlapping.next_loaned_at
            else loans.returned_at
        end as mended_return,
        given.last_number
    from records.loans
    cross join frame
    cross join given
    left join loan_roots on loans.loan = loan_roots.loan
    left join overlapping on loans.loan = overlapping.loan
    left join logged_loans on loans.loan = logged_loans.loan
    where logged_loans.loan is null
)

select
    case
        -- the loan that was renewed is not in the data
        when is_renewal and root = loan then null
        when root < 9223372036854775808 then root::bigint
        -- not dense: a loan and its renewals share a root
        else
            last_number
            + dense_rank() over (partition by root >= 9223372036854775808 order by root)
    end as loan_id,
    reader,
    item,
    branch,
    coalesce(return_branch, branch) as return_branch,
    channel,
    due_on,
    is_renewal,
    loaned_at,
    -- where a renewal is a loan of its own, the loan before it was never returned
    case when is_last then mended_return end as returned_at,
    case
        when renewal_count > 0
            then
                least(
                    greatest(coalesce(renewed_at, loaned_at), loaned_at),
                    coalesce(mended_return, (select data_end.last_at from data_end))
                )
    end as renewed_at,
    coalesce(renewal_count, 0) as renewal_count
from numbered
