-- circulation_headline: loans, renewals, visits and their ratios in the period.
--
-- Loans, renewals and visits are null where nothing is known of them: loans and renewals up to the first
-- circulation of the branches on record, renewals also up to the first one of any branch, visits of a period in
-- which no gate was read, the share of self-service where no channel is known. circulation_rate is over the mean of the
-- month-ends in the period, before the first of them over the last one before it. loans_per_open_day is of the days
-- between the first and the last on which anybody said when a branch opens.
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

known as (
    select day < $end_date::date as has_renewals
    from first_records
    where record_kind = 'renewal'
),

hours as (
    select
        min(day) as first_day,
        max(day) as last_day,
        count(distinct day) filter (where day >= $start_date::date and day < $end_date::date)
            as open_day_count
    from opening_hours
    where $branches::varchar[] is null or list_contains($branches::varchar[], branch_code)
),

loans_with_hours as (
    select coalesce(sum(circulation_days.loan_count), 0) as loan_count
    from circulation_days
    cross join hours
    where
        circulation_days.day >= greatest($start_date::date, hours.first_day)
        and circulation_days.day < $end_date::date
        and circulation_days.day <= hours.last_day
        and (
            $branches::varchar[] is null
            or list_contains($branches::varchar[], circulation_days.branch_code)
        )
),

month_ends as (
    select
        month_end,
        month_end >= $start_date::date as is_inside,
        sum(loanable_count) as loanable_count
    from loanable_stock
    where
        month_end < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by month_end
    -- until the first month is over there is what was held before it
    qualify is_inside or (
        not bool_or(is_inside) over () and month_end = max(month_end) over ()
    )
),

stock as (
    select avg(loanable_count) as loanable_count
    from month_ends
),

chosen as (
    select
        case
            when $branches::varchar[] is null then 'network'
            when bool_and(branches.is_main) and count(*) = len($branches::varchar[]) then 'main'
        end as scope
    from branches
    where list_contains($branches::varchar[], branches.branch_code)
),

-- known of the network and of the main library: another choice of branches has no such ratio
people as (
    select max(population.population_served) as population_served
    from population
    inner join chosen on population.scope = chosen.scope
)

select
    counts.loan_count::bigint as loan_count,
    case
        when known.has_renewals and counts.loan_count is not null then renewals.renewal_count
    end as renewal_count,
    counts.visit_count::bigint as visit_count,
    case
        when counts.loan_count is not null
            then rate_of(loans_with_hours.loan_count, hours.open_day_count)
    end as loans_per_open_day,
    rate_of(counts.loan_count, stock.loanable_count) as circulation_rate,
    rate_of(counts.visit_count, people.population_served) as visits_per_capita,
    rate_of(counts.self_service_loan_count, counts.loan_count) as self_service_share
from counts
cross join renewals
cross join known
cross join hours
cross join loans_with_hours
cross join stock
cross join people
