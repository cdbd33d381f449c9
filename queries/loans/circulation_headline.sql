-- circulation_headline: loans, renewals, visits and their ratios in the period.
--
-- Loans and visits are null where nothing is known of them: loans up to the first that was recorded,
-- visits of a period in which no gate was read, the share of self-service where no channel is known.
--
-- grain:    one row
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  loan_count, renewal_count, visit_count, loans_per_open_day, circulation_rate, visits_per_capita, self_service_share

with

amounts as (
    select
        measure_days.measure_code,
        amount_of(
            sum(measure_days.amount) filter (where measure_days.day >= $start_date::date),
            sum(measure_days.amount) filter (where measure_days.day < $start_date::date),
            bool_or(plan_measures.is_metered)
        ) as amount
    from measure_days
    inner join plan_measures using (measure_code)
    where
        measure_days.measure_code in (
            'loan_count', 'visit_count', 'self_service_loan_count'
        )
        and measure_days.day < $end_date::date
        and (
            $branches::varchar[] is null
            or list_contains($branches::varchar[], measure_days.branch_code)
        )
    group by measure_days.measure_code
),

counts as (
    select
        sum(amount) filter (where measure_code = 'loan_count') as loan_count,
        sum(amount) filter (where measure_code = 'visit_count') as visit_count,
        sum(amount) filter (where measure_code = 'self_service_loan_count')
            as self_service_loan_count
    from amounts
),

renewals as (
    select coalesce(sum(renewal_count), 0)::bigint as renewal_count
    from circulation_days
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
    from loanable_stock
    where
        month_end >= $start_date::date
        and month_end < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by month_end
),

stock as (
    select avg(loanable_count) as loanable_count
    from month_ends
)

select
    counts.loan_count::bigint as loan_count,
    renewals.renewal_count,
    counts.visit_count::bigint as visit_count,
    rate_of(counts.loan_count, hours.open_day_count) as loans_per_open_day,
    rate_of(counts.loan_count, stock.loanable_count) as circulation_rate,
    -- the population of a branch is not known, so a choice of branches has no such ratio
    case
        when $branches::varchar[] is null
            then rate_of(counts.visit_count, population.population_served)
    end as visits_per_capita,
    rate_of(counts.self_service_loan_count, counts.loan_count) as self_service_share
from counts
cross join renewals
cross join hours
cross join stock
cross join population
