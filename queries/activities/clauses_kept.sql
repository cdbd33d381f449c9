-- clauses_kept: how far the clauses of quality in the plan of the year of $as_of are kept.
--
-- Every event held is in exactly one of met_count, not_met_count and unknown_count, the last where the
-- register lacks the field the clause asks for; all three are null where the clause asks nothing of a
-- single event. Nothing is known before the first event of the register. A week counts once it is over
-- (event_weeks); the week columns are null unless the plan wants something every week. Each promise counts the events of its scope.
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

known as (
    select
        promises.target_code,
        first_records.day <= $as_of::date as has_events,
        first_records.day <= $as_of::date and promises.has_conditions as judges_each,
        first_records.day <= $as_of::date and promises.every_week as judges_weeks
    from promises
    cross join first_records
    where first_records.record_kind = 'event'
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

week_counts as (
    select
        target_code,
        count(*) as week_count,
        count(*) filter (where has_event) as eventful_week_count
    from event_weeks
    where plan_year = extract(year from $as_of::date) and last_day <= $as_of::date
    group by target_code
)

select
    promises.target_code,
    case when known.has_events then coalesce(counts.held_count, 0) end as held_count,
    case when known.judges_each then coalesce(counts.met_count, 0) end as met_count,
    case when known.judges_each then coalesce(counts.not_met_count, 0) end as not_met_count,
    case when known.judges_each then coalesce(counts.unknown_count, 0) end as unknown_count,
    case when known.judges_weeks then coalesce(week_counts.week_count, 0) end as week_count,
    case when known.judges_weeks then coalesce(week_counts.eventful_week_count, 0) end
        as eventful_week_count,
    case
        when known.judges_weeks
            then coalesce(week_counts.week_count - week_counts.eventful_week_count, 0)
    end as empty_week_count
from promises
inner join known on promises.target_code = known.target_code
left join counts on promises.target_code = counts.target_code
left join week_counts on promises.target_code = week_counts.target_code
where promises.has_conditions or promises.every_week
order by promises.target_order
