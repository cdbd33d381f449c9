-- register_events: the events register, the newest first, each row with who said so.
--
-- grain:    one row per event
-- params:   none
-- columns:  event_kind, title, held_on, branch_code, place_kind, attendance_count, speaker_rank, work_count, wall_metres, loan_count, is_held, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    events.event_kind,
    events.title,
    events.held_on,
    events.branch_code,
    events.place_kind,
    events.attendance_count,
    events.speaker_rank,
    events.work_count,
    events.wall_metres,
    events.loan_count,
    events.is_held,
    events.stated_at,
    events.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from events
left join register_files
    on
        events.stated_at = register_files.written_at
        and events.stated_by is null
        and register_files.record_kind = 'events'
order by
    events.held_on desc,
    events.event_kind asc nulls last,
    events.title asc nulls last,
    events.branch_code asc nulls last,
    events.place_kind asc nulls last,
    events.attendance_count asc nulls last,
    events.speaker_rank asc nulls last,
    events.work_count asc nulls last,
    events.wall_metres asc nulls last,
    events.loan_count asc nulls last,
    events.is_held asc nulls last
