-- circulation_headline: loans, renewals, visits and their ratios in the period.
--
-- grain:    one row
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  loan_count, renewal_count, visit_count, loans_per_open_day, circulation_rate, visits_per_capita

with

circulation as (
    select
        coalesce(sum(loan_count), 0)::bigint as loan_count,
        coalesce(sum(renewal_count), 0)::bigint as renewal_count
    from circulation_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

gates as (
    select sum(visit_count)::bigint as visit_count
    from visits
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

hours as (
    select count(distinct day) as open_day_count
    from opening_hours
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

month_ends as (
    select sum(loanable_count) as loanable_count
    from holdings
    where
        month_end >= $start_date::date
        and month_end < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by month_end
),

stock as (
    select avg(loanable_count) as loanable_count
    from month_ends
),

population as (
    -- the population of a branch is not known, so a choice of branches has no such ratio
    select max(value) filter (where $branches::varchar[] is null) as population_served
    from settings
    where setting_code = 'population_served'
)

select
    circulation.loan_count,
    circulation.renewal_count,
    -- null, not 0: no count at the gate is no evidence
    gates.visit_count,
    circulation.loan_count / nullif(hours.open_day_count, 0)::double as loans_per_open_day,
    circulation.loan_count / nullif(stock.loanable_count, 0)::double as circulation_rate,
    gates.visit_count / nullif(population.population_served, 0) as visits_per_capita
from circulation
cross join gates
cross join hours
cross join stock
cross join population
