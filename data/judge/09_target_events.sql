-- target_events: the events of its scope behind each promise, and whether each meets its clause.

insert into target_events

with

mine as (
    select
        targets.plan_year,
        targets.target_code,
        events.event_kind,
        events.title,
        events.held_on,
        events.branch_code,
        events.is_held,
        events.place_kind,
        events.attendance_count,
        events.speaker_rank,
        events.work_count,
        events.wall_metres
    from events
    inner join plan_measures using (event_kind)
    inner join targets using (measure_code)
    left join main_branches
        on events.branch_code is not distinct from main_branches.branch_code
    where
        extract(year from events.held_on) = targets.plan_year
        and (targets.scope = 'network' or main_branches.is_main)
),

tested as (
    select
        mine.plan_year,
        mine.target_code,
        mine.title,
        mine.held_on,
        mine.branch_code,
        target_conditions.field_name,
        case target_conditions.field_name
            when 'speaker_rank'
                then list_contains(target_conditions.one_of, mine.speaker_rank)
            when 'place_kind' then list_contains(target_conditions.one_of, mine.place_kind)
            when 'work_count' then mine.work_count >= target_conditions.minimum
            when 'wall_metres' then mine.wall_metres >= target_conditions.minimum
            when 'attendance_count' then mine.attendance_count >= target_conditions.minimum
        end as is_met
    from mine
    inner join target_conditions using (plan_year, target_code)
),

verdicts as (
    select
        plan_year,
        target_code,
        title,
        held_on,
        branch_code,
        -- one condition that holds will do; only where none does can a blank field decide
        case
            when bool_or(coalesce(is_met, false)) then true
            when not bool_or(is_met is null) then false
        end as meets_clause,
        case
            when not bool_or(coalesce(is_met, false))
                then min(field_name) filter (where is_met is null)
        end as missing_field
    from tested
    group by plan_year, target_code, title, held_on, branch_code
)

select
    mine.plan_year,
    mine.target_code,
    mine.event_kind,
    mine.title,
    mine.held_on,
    mine.branch_code,
    mine.is_held,
    verdicts.target_code is not null as has_clause,
    verdicts.meets_clause,
    verdicts.missing_field
from mine
left join verdicts
    on
        mine.plan_year = verdicts.plan_year
        and mine.target_code = verdicts.target_code
        and mine.title = verdicts.title
        and mine.held_on = verdicts.held_on
        and mine.branch_code is not distinct from verdicts.branch_code
order by mine.plan_year, mine.target_code, mine.held_on, mine.title, mine.branch_code
