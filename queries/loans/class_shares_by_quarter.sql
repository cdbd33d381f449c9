-- class_shares_by_quarter: how the shares of the most lent main classes moved by quarter.
--
-- grain:    one row per quarter with a loan in it and each of the most lent classes
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $limit       last rank listed, by the loans of the period
-- columns:  quarter, class_code, class_name_zh, class_name_en, loan_count, loan_share, loan_share_change

with

counted as (
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
),

quarters as (
    select
        quarter,
        sum(loan_count)::bigint as loan_count
    from counted
    group by quarter
),

most_lent as (
    select
        class_code,
        row_number() over (order by sum(loan_count) desc, class_code asc) as class_rank
    from counted
    group by class_code
    qualify class_rank <= $limit::bigint
),

shares as (
    select
        quarters.quarter,
        most_lent.class_code,
        most_lent.class_rank,
        coalesce(counted.loan_count, 0) as loan_count,
        coalesce(counted.loan_count, 0) / nullif(quarters.loan_count, 0)::double as loan_share
    from quarters
    cross join most_lent
    left join counted using (quarter, class_code)
)

select
    shares.quarter,
    shares.class_code,
    classes.name_zh as class_name_zh,
    classes.name_en as class_name_en,
    shares.loan_count,
    shares.loan_share,
    -- against the first quarter; null where the class was not lent in it
    shares.loan_share / nullif(first_value(shares.loan_share) over of_class, 0)
    - 1 as loan_share_change
from shares
inner join classes using (class_code)
window of_class as (partition by shares.class_code order by shares.quarter)
order by shares.quarter asc, shares.class_rank asc
