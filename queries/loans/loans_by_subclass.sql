-- loans_by_subclass: loans of each subclass of T 工业技术, the class that takes two letters.
--
-- Row T holds what has no second letter. Shares are of all loans of T.
--
-- grain:    one row per subclass, lent or not
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  class_code, class_name_zh, class_name_en, loan_count, loan_share

with

subclass_loans as (
    select
        class_code,
        sum(loan_count)::bigint as loan_count
    from class_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by class_code
)

select
    classes.class_code,
    classes.name_zh as class_name_zh,
    classes.name_en as class_name_en,
    coalesce(subclass_loans.loan_count, 0) as loan_count,
    coalesce(subclass_loans.loan_count, 0)
    / nullif(sum(subclass_loans.loan_count) over (), 0)::double as loan_share
from classes
left join subclass_loans using (class_code)
where classes.main_code = 'T'
order by loan_count desc, classes.class_code asc
