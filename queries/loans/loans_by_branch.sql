-- loans_by_branch: loans and renewals at each branch.
--
-- A loan without a branch, or of one that the network does not list, has its row too. Renewals are null
-- of a period before the first that was recorded.
--
-- grain:    one row per branch of the network, lent or not
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  branch_code, branch_name_zh, branch_name_en, loan_count, loan_share, renewal_count

with

circulation as (
    select
        coalesce(branch_code, 'unknown') as branch_code,
        sum(loan_count)::bigint as loan_count,
        sum(renewal_count)::bigint as renewal_count
    from circulation_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by coalesce(branch_code, 'unknown')
),

network as (
    select
        branch_code,
        name_zh,
        name_en
    from branches
    where $branches::varchar[] is null or list_contains($branches::varchar[], branch_code)
)

select
    coalesce(network.branch_code, circulation.branch_code) as branch_code,
    coalesce(network.name_zh, codes.name_zh, circulation.branch_code) as branch_name_zh,
    coalesce(network.name_en, codes.name_en, circulation.branch_code) as branch_name_en,
    coalesce(circulation.loan_count, 0) as loan_count,
    coalesce(circulation.loan_count, 0)
    / nullif(sum(circulation.loan_count) over (), 0)::double as loan_share,
    case
        when first_records.day < $end_date::date
            then coalesce(circulation.renewal_count, 0)
    end as renewal_count
from network
full join circulation using (branch_code)
left join codes on circulation.branch_code = codes.code and codes.list = 'branch'
inner join first_records on first_records.record_kind = 'renewal'
order by loan_count desc, branch_code asc
