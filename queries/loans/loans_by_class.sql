-- loans_by_class: loans of each main class of 中图法 or Dewey, beside what is held of it.
--
-- Holdings are those of the last month end in or before the period; null where none is known.
--
-- grain:    one row per main class of 中图法, of Dewey only those lent or held, and one each for another
--           scheme, unclassified and unknown
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  class_code, class_name_zh, class_name_en, loan_count, loan_share, item_count, item_share

with

class_loans as (
    select
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
    group by coalesce(classes.main_code, 'unknown')
),

last_month as (
    select max(month_end) as month_end
    from holdings
    where
        month_end < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

class_items as (
    select
        coalesce(classes.main_code, 'unknown') as class_code,
        sum(holdings.item_count)::bigint as item_count
    from holdings
    inner join last_month using (month_end)
    left join classes using (class_code)
    where
        $branches::varchar[] is null
        or list_contains($branches::varchar[], holdings.branch_code)
    group by coalesce(classes.main_code, 'unknown')
),

known as (
    select count(*) > 0 as has_holdings
    from class_items
)

select
    classes.class_code,
    classes.name_zh as class_name_zh,
    classes.name_en as class_name_en,
    coalesce(class_loans.loan_count, 0) as loan_count,
    coalesce(class_loans.loan_count, 0)
    / nullif(sum(class_loans.loan_count) over (), 0)::double as loan_share,
    case when known.has_holdings then coalesce(class_items.item_count, 0) end as item_count,
    case when known.has_holdings then coalesce(class_items.item_count, 0) end
    / nullif(sum(class_items.item_count) over (), 0)::double as item_share
from classes
left join class_loans using (class_code)
left join class_items using (class_code)
cross join known
where
    classes.class_code = classes.main_code
    and (
        classes.scheme != 'dewey'
        or class_loans.class_code is not null
        or class_items.class_code is not null
    )
order by loan_count desc, classes.class_code asc
