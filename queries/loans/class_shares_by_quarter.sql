-- class_shares_by_quarter: each main class's share of the loans of each quarter.
--
-- grain:    one row per quarter and main class with a loan in it
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  quarter, class_code, class_name_zh, class_name_en, loan_count, loan_share

with

quarters as (
    select
        date_trunc('quarter', class_days.day)::date as quarter,
        -- a class that data/classes.csv does not list is unknown, never dropped
        coalesce(classes.main_code, 'unknown') as class_code,
        sum(class_days.loan_count)::bigint as loan_count
    from class_days
    left join classes using (class_code)
    where
        class_days.day >= $start_date::date
        and class_days.day < $end_date::date
        and (
            $branches::varchar[] is null
            or list_contains($branches::varchar[], class_days.branch_code)
        )
    group by date_trunc('quarter', class_days.day)::date, coalesce(classes.main_code, 'unknown')
)

select
    quarters.quarter,
    quarters.class_code,
    classes.name_zh as class_name_zh,
    classes.name_en as class_name_en,
    quarters.loan_count,
    quarters.loan_count
    / sum(quarters.loan_count) over (partition by quarters.quarter)::double as loan_share
from quarters
inner join classes using (class_code)
order by quarters.quarter asc, quarters.loan_count desc, quarters.class_code asc
