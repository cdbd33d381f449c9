-- events_behind: the events behind each target of the year of $as_of, and whether each meets its clause.
--
-- meets_clause is null where the register lacks the field the clause asks for, or there is no clause;
-- missing_field is then the field. What lies after $as_of is scheduled; what lies before it and was
-- never marked as held has fallen out, or nobody has said so yet. Of what is scheduled nothing is known but
-- its day, kind, title and branch: who came, who spoke and what was shown is null.
--
-- grain:    one row per target and event
-- params:   $as_of   day the plan is judged at
--           $target  code of a target or milestone, or null for all of them
-- columns:  target_code, event_kind, title, held_on, branch_code, state, attendance_count, speaker_rank, work_count, wall_metres, place_kind, loan_count, has_clause, meets_clause, missing_field

select
    target_events.target_code,
    target_events.event_kind,
    target_events.title,
    target_events.held_on,
    target_events.branch_code,
    case
        when target_events.held_on > $as_of::date then 'scheduled'
        when target_events.is_held then 'held'
        else 'not_held'
    end as state,
    case when target_events.held_on <= $as_of::date then events.attendance_count end
        as attendance_count,
    case when target_events.held_on <= $as_of::date then events.speaker_rank end as speaker_rank,
    case when target_events.held_on <= $as_of::date then events.work_count end as work_count,
    case when target_events.held_on <= $as_of::date then events.wall_metres end as wall_metres,
    case when target_events.held_on <= $as_of::date then events.place_kind end as place_kind,
    case when target_events.held_on <= $as_of::date then events.loan_count end as loan_count,
    target_events.has_clause,
    case when target_events.held_on <= $as_of::date then target_events.meets_clause end
        as meets_clause,
    case when target_events.held_on <= $as_of::date then target_events.missing_field end
        as missing_field
from target_events
inner join events
    on
        target_events.event_kind = events.event_kind
        and target_events.title = events.title
        and target_events.held_on = events.held_on
        and target_events.branch_code is not distinct from events.branch_code
where
    target_events.plan_year = extract(year from $as_of::date)
    and ($target::varchar is null or target_events.target_code = $target::varchar)
order by
    target_events.target_code asc,
    target_events.held_on desc,
    target_events.title asc,
    target_events.branch_code asc
