-- target_amounts: what came about of each promise by each day of its plan's year.
--
-- A promise stands once for its scope, the main library or the network, and once for each branch it
-- names a part of. What is known of an amount is said in data/shared.sql. Of things of which the plan says
-- what each must be, those that are known to be it count.

insert into target_amounts

with

parts as (
    select distinct
        targets.plan_year,
        targets.target_code,
        targets.measure_code,
        targets.per_code,
        plan_measures.is_metered,
        target_conditions.target_code as clause_of,
        target_goals.branch_code,
        case when target_goals.branch_code is null then targets.scope end as scope
    from targets
    inner join target_goals using (plan_year, target_code)
    inner join plan_measures using (measure_code)
    left join target_conditions
        on
            targets.plan_year = target_conditions.plan_year
            and targets.target_code = target_conditions.target_code
    where targets.kind in ('total', 'level', 'rate')
),

gains as (
    select
        measure_code,
        null as clause_of,
        null as scope,
        branch_code,
        day,
        amount
    from measure_days
    where branch_code is not null
    union all
    select
        measure_code,
        null as clause_of,
        scope,
        null as branch_code,
        day,
        amount
    from scope_days
    union all
    select
        targets.measure_code,
        target_events.target_code as clause_of,
        parts.scope,
        parts.branch_code,
        target_events.held_on as day,
        sum(coalesce(target_events.meets_clause, false)::integer) as amount
    from target_events
    inner join targets using (plan_year, target_code)
    inner join parts
        on
            target_events.plan_year = parts.plan_year
            and target_events.target_code = parts.target_code
            and coalesce(target_events.branch_code = parts.branch_code, parts.branch_code is null)
    where target_events.is_held and parts.clause_of is not null
    group by
        targets.measure_code,
        target_events.target_code,
        parts.scope,
        parts.branch_code,
        target_events.held_on
),

before as (
    select
        parts.plan_year,
        parts.target_code,
        parts.branch_code,
        sum(gains.amount) as start_value
    from parts
    inner join gains
        on
            parts.measure_code = gains.measure_code
            and parts.scope is not distinct from gains.scope
            and parts.branch_code is not distinct from gains.branch_code
            and gains.clause_of is null
            and gains.day < make_date(parts.plan_year, 1, 1)
    group by parts.plan_year, parts.target_code, parts.branch_code
),

by_day as (
    select
        parts.plan_year,
        parts.target_code,
        parts.branch_code,
        parts.scope,
        parts.per_code,
        parts.is_metered,
        calendar_days.day,
        before.start_value,
        sum(gains.amount) over so_far as gained,
        sum(per_gains.amount) over so_far as per_gained
    from parts
    inner join calendar_days on parts.plan_year = calendar_days.calendar_year
    left join before
        on
            parts.plan_year = before.plan_year
            and parts.target_code = before.target_code
            and parts.branch_code is not distinct from before.branch_code
    left join gains
        on
            parts.measure_code = gains.measure_code
            and parts.scope is not distinct from gains.scope
            and parts.branch_code is not distinct from gains.branch_code
            and parts.clause_of is not distinct from gains.clause_of
            and calendar_days.day = gains.day
    left join gains as per_gains
        on
            parts.per_code = per_gains.measure_code
            and parts.scope is not distinct from per_gains.scope
            and parts.branch_code is not distinct from per_gains.branch_code
            and per_gains.clause_of is null
            and calendar_days.day = per_gains.day
    window so_far as (
        partition by parts.plan_year, parts.target_code, parts.branch_code
        order by calendar_days.day
    )
),

month_ends as (
    select
        null as scope,
        branch_code,
        month_end,
        loanable_count
    from loanable_stock
    union all
    select
        'network' as scope,
        null as branch_code,
        month_end,
        sum(loanable_count) as loanable_count
    from loanable_stock
    group by month_end
    union all
    select
        'main' as scope,
        null as branch_code,
        loanable_stock.month_end,
        sum(loanable_stock.loanable_count) as loanable_count
    from loanable_stock
    inner join main_branches
        on loanable_stock.branch_code is not distinct from main_branches.branch_code
    group by loanable_stock.month_end
),

-- of the months of the year that are over
holding_means as (
    select
        month_ends.scope,
        month_ends.branch_code,
        calendar_days.day,
        avg(month_ends.loanable_count) as base
    from month_ends
    inner join calendar_days
        on
            extract(year from month_ends.month_end) = calendar_days.calendar_year
            and month_ends.month_end <= calendar_days.day
    group by month_ends.scope, month_ends.branch_code, calendar_days.day
),

plan_years as (
    select distinct plan_year
    from parts
),

-- until the first of them is over, what was held before it
holdings_before as (
    select
        plan_years.plan_year,
        month_ends.scope,
        month_ends.branch_code,
        month_ends.loanable_count as base
    from month_ends
    inner join plan_years
        on month_ends.month_end < make_date(plan_years.plan_year, 1, 1)
    qualify
        row_number() over (
            partition by plan_years.plan_year, month_ends.scope, month_ends.branch_code
            order by month_ends.month_end desc
        ) = 1
)

select
    by_day.plan_year,
    by_day.target_code,
    by_day.branch_code,
    by_day.day,
    amount_of(by_day.gained, by_day.start_value, by_day.is_metered) as done,
    coalesce(by_day.start_value, 0) as start_value,
    case by_day.per_code
        when 'holdings' then coalesce(holding_means.base, holdings_before.base)
        -- that of a branch other than the main one is not known
        when 'population' then population.population_served
        else by_day.per_gained
    end as base
from by_day
left join population on by_day.scope = population.scope
left join holding_means
    on
        by_day.scope is not distinct from holding_means.scope
        and by_day.branch_code is not distinct from holding_means.branch_code
        and by_day.day = holding_means.day
left join holdings_before
    on
        by_day.plan_year = holdings_before.plan_year
        and by_day.scope is not distinct from holdings_before.scope
        and by_day.branch_code is not distinct from holdings_before.branch_code
order by by_day.plan_year, by_day.target_code, by_day.branch_code, by_day.day
