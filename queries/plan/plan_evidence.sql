-- plan_evidence: what stands behind each target's value: where it should be, how many, how sure.
--
-- expected_value is the pace a total, rate or level is judged by in plan_progress; clause_count is
-- how many of the things counted meet the clause of quality, null where the register cannot tell.
--
-- grain:    one row per target of the year of $as_of
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, expected_value, year_start_value, answer_count, lower_share, upper_share, clause_count

with

year as (
    select
        date_trunc('year', $as_of::date)::date as first_day,
        extract(year from $as_of::date) as plan_year
),

starts as (
    select
        measure_days.measure_code,
        sum(measure_days.amount) as stock_at_start
    from measure_days
    cross join year
    where measure_days.day < year.first_day
    group by measure_days.measure_code
),

answers as (
    select
        survey_shares.measure_code,
        survey_shares.valid_count,
        survey_shares.lower_share,
        survey_shares.upper_share
    from survey_shares
    cross join year
    where survey_shares.day >= year.first_day and survey_shares.day <= $as_of::date
    qualify
        row_number() over (
            partition by survey_shares.measure_code order by survey_shares.day desc
        ) = 1
),

clauses as (
    select
        events.event_kind || '_count' as measure_code,
        count(*) filter (
            where
            events.speaker_rank in ('full_senior', 'vice_senior', 'deputy_division')
            or events.wall_metres >= 200
            or events.work_count >= 200
            or events.place_kind is not null
        ) as clause_count
    from events
    cross join year
    where
        events.is_held
        and events.event_kind in ('lecture', 'exhibition', 'outreach')
        and events.held_on >= year.first_day
        and events.held_on <= $as_of::date
    group by events.event_kind
)

select
    targets.target_code,
    case
        when targets.kind in ('total', 'rate') then targets.target * year_pace.expected_share
        when targets.kind = 'level'
            then
                coalesce(starts.stock_at_start, 0)
                + (targets.target - coalesce(starts.stock_at_start, 0)) * year_pace.elapsed_share
    end as expected_value,
    case when targets.kind = 'level' then coalesce(starts.stock_at_start, 0) end
        as year_start_value,
    answers.valid_count as answer_count,
    answers.lower_share,
    answers.upper_share,
    clauses.clause_count
from targets
inner join year using (plan_year)
left join starts using (measure_code)
left join answers using (measure_code)
left join clauses using (measure_code)
left join year_pace on year_pace.day = $as_of::date
order by targets.target_order
