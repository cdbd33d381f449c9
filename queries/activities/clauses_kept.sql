-- clauses_kept: how far the clauses of quality in the plan of the year of $as_of are kept.
--
-- Every event held is in exactly one of met_count, not_met_count and unknown_count, the last where the
-- register lacks the field the clause asks for; all three are null where the clause asks nothing of a
-- single event. A week counts once its Sunday is over; the week columns are null unless the plan wants
-- something every week. The plan is the whole network's.
--
-- grain:    one row per target whose clause the register can judge
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, held_count, met_count, not_met_count, unknown_count, week_count, eventful_week_count, empty_week_count

with

promises as (
    select
        plan_year,
        target_code,
        target_order,
        every_week,
        target_code in (
            select target_conditions.target_code
            from target_conditions
            where target_conditions.plan_year = extract(year from $as_of::date)
        ) as has_conditions
    from targets
    where plan_year = extract(year from $as_of::date)
),

held as (
    select
        target_code,
        held_on,
        meets_clause,
        missing_field
    from target_events
    where
        plan_year = extract(year from $as_of::date)
        and is_held
        and held_on <= $as_of::date
),

counts as (
    select
        target_code,
        count(*) as held_count,
        count(*) filter (where meets_clause) as met_count,
        count(*) filter (where not meets_clause) as not_met_count,
        count(*) filter (where meets_clause is null) as unknown_count
    from held
    group by target_code
),

weeks as (
    select distinct date_trunc('week', day)::date as week_start
    from calendar_days
    where
        calendar_year = extract(year from $as_of::date)
        -- a week that begins in the year before or ends in the next is not this plan's
        and extract(year from date_trunc('week', day)) = calendar_year
        and date_trunc('week', day) + interval 6 day <= least(
            $as_of::date, make_date(calendar_year, 12, 31)
        )
),

week_counts as (
    select
        promises.target_code,
        count(*) as week_count,
        count(*) filter (
            where exists (
                select 1
                from held
                where
                    held.target_code = promises.target_code
                    and date_trunc('week', held.held_on)::date = weeks.week_start
            )
        ) as eventful_week_count
    from promises
    cross join weeks
    group by promises.target_code
)

select
    promises.target_code,
    coalesce(counts.held_count, 0) as held_count,
    case when promises.has_conditions then coalesce(counts.met_count, 0) end as met_count,
    case when promises.has_conditions then coalesce(counts.not_met_count, 0) end as not_met_count,
    case when promises.has_conditions then coalesce(counts.unknown_count, 0) end as unknown_count,
    case when promises.every_week then coalesce(week_counts.week_count, 0) end as week_count,
    case when promises.every_week then coalesce(week_counts.eventful_week_count, 0) end
        as eventful_week_count,
    case
        when promises.every_week
            then coalesce(week_counts.week_count - week_counts.eventful_week_count, 0)
    end as empty_week_count
from promises
left join counts on promises.target_code = counts.target_code
left join week_counts on promises.target_code = week_counts.target_code
where promises.has_conditions or promises.every_week
order by promises.target_order
