-- target_amounts: what came about of each promise by each day of its plan's year.
--
-- A promise stands once for all and once for each branch it names a part of. What is known of an amount
-- is said in data/shared.sql.

insert into target_amounts

with

parts as (
    select distinct
        targets.plan_year,
        targets.target_code,
        targets.measure_code,
        targets.per_code,
        plan_measures.is_metered,
        target_goals.branch_code
    from targets
    inner join target_goals using (plan_year, target_code)
    inner join plan_measures using (measure_code)
    where targets.kind in ('total', 'level', 'rate')
),

gains as (
    select
        measure_code,
        day,
        branch_code,
        amount
    from measure_days
    where branch_code is not null
    union all
    select
        measure_code,
        day,
        null as branch_code,
        sum(amount) as amount
    from measure_days
    group by measure_code, day
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
            and parts.branch_code is not distinct from gains.branch_code
            and gains.day < make_date(parts.plan_year, 1, 1)
    group by parts.plan_year, parts.target_code, parts.branch_code
),

by_day as (
    select
        parts.plan_year,
        parts.target_code,
        parts.branch_code,
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
            and parts.branch_code is not distinct from gains.branch_code
            and calendar_days.day = gains.day
    left join gains as per_gains
        on
            parts.per_code = per_gains.measure_code
            and parts.branch_code is not distinct from per_gains.branch_code
            and calendar_days.day = per_gains.day
    window so_far as (
        partition by parts.plan_year, parts.target_code, parts.branch_code
        order by calendar_days.day
    )
),

month_ends as (
    select
        branch_code,
        month_end,
        sum(loanable_count) as loanable_count
    from loanable_stock
    group by grouping sets ((branch_code, month_end), (month_end))
),

-- of the months of the year that are over
holding_means as (
    select
        month_ends.branch_code,
        calendar_days.day,
        avg(month_ends.loanable_count) as base
    from month_ends
    inner join calendar_days
        on
            extract(year from month_ends.month_end) = calendar_days.calendar_year
            and month_ends.month_end <= calendar_days.day
    group by month_ends.branch_code, calendar_days.day
)

select
    by_day.plan_year,
    by_day.target_code,
    by_day.branch_code,
    by_day.day,
    amount_of(by_day.gained, by_day.start_value, by_day.is_metered) as done,
    coalesce(by_day.start_value, 0) as start_value,
    case by_day.per_code
        when 'holdings' then holding_means.base
        -- the population of a branch is not known
        when 'population'
            then case when by_day.branch_code is null then population.population_served end
        else by_day.per_gained
    end as base
from by_day
cross join population
left join holding_means
    on
        by_day.branch_code is not distinct from holding_means.branch_code
        and by_day.day = holding_means.day
order by by_day.plan_year, by_day.target_code, by_day.branch_code, by_day.day
