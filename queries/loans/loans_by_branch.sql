-- loans_by_branch: loans and renewals at each branch.
--
-- grain:    one row per branch of the network, lent or not
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  branch_code, branch_name_zh, branch_name_en, loan_count, loan_share, renewal_count

with

circulation as (
    select
        branch_code,
        sum(loan_count)::bigint as loan_count,
        sum(renewal_count)::bigint as renewal_count
    from circulation_days
    where
        day >= $start_date::date
        and day < $end_date::date
    group by branch_code
)

select
    branches.branch_code,
    branches.name_zh as branch_name_zh,
    branches.name_en as branch_name_en,
    coalesce(circulation.loan_count, 0) as loan_count,
    coalesce(circulation.loan_count, 0)
    / nullif(sum(circulation.loan_count) over (), 0)::double as loan_share,
    coalesce(circulation.renewal_count, 0) as renewal_count
from branches
left join circulation using (branch_code)
where
    $branches::varchar[] is null
    or list_contains($branches::varchar[], branches.branch_code)
order by loan_count desc, branches.branch_code asc
