-- plan_evidence: what stands behind each target's value: how many, how sure, what is announced.
--
-- clause_count is how many of the things held meet the clause of quality, clause_unknown_count how many
-- lack the field it asks for; both null where the plan states no clause. scheduled_count is what a
-- calendar announces after the day: events, or days open; null where there is no calendar. Answers and
-- forms are of the year so far, or of the wave that the plan names; of feedback the cases answered. open_days_left counts the main library's. expected_value is where the value
-- should be by the day, null where a promise has no pace; projected_value where it will be on 31 December
-- if the year goes on like this; reason says why there is no value. Weeks are those of a promise for every
-- week: kept by their hours, or by something held; worst_week is the one with the fewest hours.
-- calendar_stated_on is the day on which hours or events to come were said last, where that is after
-- $as_of: a register saved again says all its rows anew, so what was known on the day nobody can tell.
--
-- engine:   min_by
-- grain:    one row per target of the year of $as_of
-- params:   $as_of   day the plan is judged at
--           $target  code of a target, or null for all of them
-- columns:  target_code, goal, stretch, expected_value, projected_value, reason, pace_basis, done, start_value, base, expected_share, held_count, clause_count, clause_unknown_count, scheduled_count, open_days_left, distributed_count, returned_count, answer_count, satisfied_count, lower_share, upper_share, week_count, kept_week_count, worst_week, announced_week_count, announced_kept_week_count, last_day, calendar_stated_on

with

year as (
    select
        extract(year from $as_of::date) as plan_year,
        make_date(extract(year from $as_of::date), 1, 1) as first_day,
        make_date(extract(year from $as_of::date), 12, 31) as last_day
),

event_counts as (
    select
        target_code,
        count(*) filter (where is_held and held_on <= $as_of::date) as held_count,
        count(*) filter (where is_held and held_on <= $as_of::date and meets_clause)
            as met_count,
        count(*) filter (
            where is_held and held_on <= $as_of::date and missing_field is not null
        ) as unknown_count,
        count(*) filter (where held_on > $as_of::date) as scheduled_count
    from target_events
    where plan_year = extract(year from $as_of::date)
    group by target_code
),

conditions as (
    select distinct target_code
    from target_conditions
    where plan_year = extract(year from $as_of::date)
),

open_days as (
    select
        scope_days.scope,
        count(*) as open_days_left
    from scope_days
    cross join year
    where
        scope_days.measure_code = 'open_day_count'
        and scope_days.day > $as_of::date
        and scope_days.day <= year.last_day
    group by scope_days.scope
),

calendar as (
    select
        count(*) filter (where calendar_days.day > $as_of::date and calendar_days.is_open)
            as open_days_left,
        bool_and(calendar_days.has_hours) as has_hours
    from calendar_days
    inner join year on calendar_days.calendar_year = year.plan_year
),

answers as (
    select
        targets.target_code,
        survey_shares.distributed_count,
        survey_shares.returned_count,
        survey_shares.valid_count,
        survey_shares.satisfied_count
    from targets
    inner join year using (plan_year)
    inner join survey_shares
        on
            targets.measure_code = survey_shares.measure_code
            and targets.scope = survey_shares.scope
            and targets.wave_code is not distinct from survey_shares.wave_code
    where survey_shares.day between year.first_day and $as_of::date
    qualify
        row_number() over (partition by targets.target_code order by survey_shares.day desc) = 1
),

weeks as (
    select
        targets.target_code,
        count(*) filter (where week_last_day(scope_weeks.week_start) <= $as_of::date)
            as week_count,
        count(*) filter (
            where week_last_day(scope_weeks.week_start) <= $as_of::date
            and scope_weeks.open_hours >= target_days.goal
        ) as kept_week_count,
        min_by(
            scope_weeks.week_start, (scope_weeks.open_hours, scope_weeks.week_start)
        ) filter (where week_last_day(scope_weeks.week_start) <= $as_of::date) as worst_week,
        count(*) filter (where week_last_day(scope_weeks.week_start) > $as_of::date)
            as announced_week_count,
        count(*) filter (
            where week_last_day(scope_weeks.week_start) > $as_of::date
            and scope_weeks.open_hours >= target_days.goal
        ) as announced_kept_week_count
    from targets
    inner join year using (plan_year)
    inner join target_days
        on
            targets.plan_year = target_days.plan_year
            and targets.target_code = target_days.target_code
            and target_days.day = $as_of::date
            and target_days.branch_code is null
    inner join scope_weeks
        on
            targets.scope = scope_weeks.scope
            and week_year(scope_weeks.week_start) = year.plan_year
    where targets.kind = 'compliance'
    group by targets.target_code
    union all
    select
        event_weeks.target_code,
        count(*) as week_count,
        count(*) filter (where event_weeks.has_event) as kept_week_count,
        null as worst_week,
        null as announced_week_count,
        null as announced_kept_week_count
    from event_weeks
    inner join year using (plan_year)
    where event_weeks.last_day <= $as_of::date
    group by event_weeks.target_code
),

last_days as (
    select
        measure_code,
        scope,
        max(day) as last_day
    from scope_days
    where day <= $as_of::date
    group by measure_code, scope
),

to_come as (
    select
        null as event_kind,
        day,
        stated_at
    from opening_hours
    union all
    select
        event_kind,
        held_on as day,
        stated_at
    from events
),

calendars as (
    select
        targets.target_code,
        max(to_come.stated_at)::date as stated_on
    from targets
    inner join year using (plan_year)
    inner join plan_measures using (measure_code)
    inner join to_come
        on
            to_come.day > $as_of::date
            and year.last_day >= to_come.day
            and coalesce(plan_measures.event_kind = to_come.event_kind, to_come.event_kind is null)
    where targets.kind != 'survey'
    group by targets.target_code
)

select
    targets.target_code,
    target_days.goal,
    target_days.stretch,
    target_days.expected_value,
    target_days.projected_value,
    target_days.reason,
    target_days.pace_basis,
    target_days.done,
    target_days.start_value,
    target_days.base,
    target_days.expected_share,
    case when plan_measures.event_kind is not null then coalesce(event_counts.held_count, 0) end
        as held_count,
    case when conditions.target_code is not null then coalesce(event_counts.met_count, 0) end
        as clause_count,
    case when conditions.target_code is not null then coalesce(event_counts.unknown_count, 0) end
        as clause_unknown_count,
    case
        when targets.measure_code = 'open_day_count' and calendar.has_hours
            then coalesce(open_days.open_days_left, 0)
        else event_counts.scheduled_count
    end as scheduled_count,
    calendar.open_days_left,
    answers.distributed_count,
    answers.returned_count,
    answers.valid_count as answer_count,
    answers.satisfied_count,
    target_days.lower_share,
    target_days.upper_share,
    weeks.week_count,
    weeks.kept_week_count,
    weeks.worst_week,
    weeks.announced_week_count,
    weeks.announced_kept_week_count,
    last_days.last_day,
    case when calendars.stated_on > $as_of::date then calendars.stated_on end as calendar_stated_on
from targets
inner join year using (plan_year)
inner join plan_measures using (measure_code)
inner join target_days using (plan_year, target_code)
cross join calendar
left join open_days on targets.scope = open_days.scope
left join conditions on targets.target_code = conditions.target_code
left join event_counts on targets.target_code = event_counts.target_code
left join answers on targets.target_code = answers.target_code
left join weeks on targets.target_code = weeks.target_code
left join calendars on targets.target_code = calendars.target_code
left join last_days
    on targets.measure_code = last_days.measure_code and targets.scope = last_days.scope
where
    target_days.day = $as_of::date
    and target_days.branch_code is null
    and ($target::varchar is null or targets.target_code = $target::varchar)
order by targets.target_order
