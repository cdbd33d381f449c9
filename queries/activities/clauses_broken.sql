-- clauses_broken: events of the plan's year that fall short of their clause, or cannot be judged.
--
-- One condition of a clause will do, so an event falls short only where it falls short of all: each is
-- a row with what the register says. Both amount and code are null where it says nothing, and then the
-- event cannot be judged (verdict unknown).
--
-- grain:    one row per target, event held and condition
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, title, held_on, branch_name_zh, branch_name_en, verdict, field_name, minimum, amount, code_name_zh, code_name_en

with

broken as (
    select
        target_code,
        event_kind,
        title,
        held_on,
        branch_code,
        case when missing_field is null then 'not_met' else 'unknown' end as verdict
    from target_events
    where
        plan_year = extract(year from $as_of::date)
        and is_held
        and held_on <= $as_of::date
        and has_clause
        and not coalesce(meets_clause, false)
),

said as (
    select
        broken.target_code,
        broken.title,
        broken.held_on,
        broken.branch_code,
        broken.verdict,
        target_conditions.field_name,
        target_conditions.minimum,
        case target_conditions.field_name
            when 'work_count' then events.work_count
            when 'wall_metres' then events.wall_metres
            when 'attendance_count' then events.attendance_count
        end as amount,
        case target_conditions.field_name
            when 'speaker_rank' then events.speaker_rank
            when 'place_kind' then events.place_kind
        end as code
    from broken
    inner join target_conditions
        on
            broken.target_code = target_conditions.target_code
            and target_conditions.plan_year = extract(year from $as_of::date)
    inner join events
        on
            broken.event_kind = events.event_kind
            and broken.title = events.title
            and broken.held_on = events.held_on
            and broken.branch_code is not distinct from events.branch_code
)

select
    said.target_code,
    said.title,
    said.held_on,
    coalesce(branches.name_zh, said.branch_code) as branch_name_zh,
    coalesce(branches.name_en, said.branch_code) as branch_name_en,
    said.verdict,
    said.field_name,
    said.minimum,
    said.amount,
    coalesce(codes.name_zh, said.code) as code_name_zh,
    coalesce(codes.name_en, said.code) as code_name_en
from said
left join branches on said.branch_code = branches.branch_code
left join codes on said.field_name = codes.list and said.code = codes.code
order by said.target_code, said.held_on, said.title, said.branch_code, said.field_name, said.amount
