-- plan_evidence: what stands behind each target's value: how many, how sure, what is announced.
--
-- clause_count is how many of the things held meet the clause of quality, clause_unknown_count how many
-- lack the field it asks for; both null where the plan states no clause. scheduled_count is what a
-- calendar announces after the day: events, or days open; null where there is no calendar. Answers and
-- forms are of the latest wave. open_days_left counts the main library's. expected_value is where the value
-- should be by the day, null where a promise has no pace; projected_value where it will be on 31 December
-- if the year goes on like this; reason says why there is no value.
--
-- grain:    one row per target of the year of $as_of
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, goal, stretch, expected_value, projected_value, reason, pace_basis, done, start_value, base, expected_share, held_count, clause_count, clause_unknown_count, scheduled_count, open_days_left, distributed_count, returned_count, answer_count, satisfied_count, lower_share, upper_share, week_count, kept_week_count, announced_week_count, announced_kept_week_count, week_with_event_count, last_day

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
        count(*) filter (where held_on > $as_of::date) as scheduled_count,
        count(distinct date_trunc('week', held_on)) filter (
            where is_held and held_on <= $as_of::date
        ) as week_with_event_count
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
    select count(distinct opening_hours.day) as open_days_left
    from opening_hours
    inner join branches using (branch_code)
    cross join year
    where
        branches.is_main
        and opening_hours.day > $as_of::date
        and opening_hours.day <= year.last_day
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
        survey_shares.measure_code,
        survey_shares.distributed_count,
        survey_shares.returned_count,
        survey_shares.valid_count,
        survey_shares.satisfied_count
    from survey_shares
    cross join year
    where survey_shares.day between year.first_day and $as_of::date
    qualify
        row_number() over (
            partition by survey_shares.measure_code order by survey_shares.day desc
        ) = 1
),

weeks as (
    select
        targets.target_code,
        count(*) filter (where opening_weeks.week_start + interval 6 day <= $as_of::date)
            as week_count,
        count(*) filter (
            where opening_weeks.week_start + interval 6 day <= $as_of::date
            and opening_weeks.open_hours >= target_days.goal
        ) as kept_week_count,
        count(*) filter (where opening_weeks.week_start + interval 6 day > $as_of::date)
            as announced_week_count,
        count(*) filter (
            where opening_weeks.week_start + interval 6 day > $as_of::date
            and opening_weeks.open_hours >= target_days.goal
        ) as announced_kept_week_count
    from targets
    inner join year using (plan_year)
    inner join target_days
        on
            targets.plan_year = target_days.plan_year
            and targets.target_code = target_days.target_code
            and target_days.day = $as_of::date
            and target_days.branch_code is null
    inner join opening_weeks
        on
            opening_weeks.week_start >= year.first_day
            -- a week that ends in the next year is not this plan's
            and opening_weeks.week_start + interval 6 day <= year.last_day
    inner join branches
        on opening_weeks.branch_code = branches.branch_code and branches.is_main
    where targets.kind = 'compliance'
    group by targets.target_code
),

last_days as (
    select
        measure_code,
        max(day) as last_day
    from measure_days
    where day <= $as_of::date
    group by measure_code
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
            then open_days.open_days_left
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
    weeks.announced_week_count,
    weeks.announced_kept_week_count,
    case when targets.every_week then coalesce(event_counts.week_with_event_count, 0) end
        as week_with_event_count,
    last_days.last_day
from targets
inner join year using (plan_year)
inner join plan_measures using (measure_code)
inner join target_days using (plan_year, target_code)
cross join open_days
cross join calendar
left join conditions on targets.target_code = conditions.target_code
left join event_counts on targets.target_code = event_counts.target_code
left join answers on targets.measure_code = answers.measure_code
left join weeks on targets.target_code = weeks.target_code
left join last_days on targets.measure_code = last_days.measure_code
where target_days.day = $as_of::date and target_days.branch_code is null
order by targets.target_order
