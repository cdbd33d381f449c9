-- register_milestone_states: reports on milestones, the newest first, each row with who said so.
--
-- grain:    one row per report
-- params:   none
-- columns:  plan_year, milestone_code, stated_on, state, note_zh, note_en, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    milestone_states.plan_year,
    milestone_states.milestone_code,
    milestone_states.stated_on,
    milestone_states.state,
    milestone_states.note_zh,
    milestone_states.note_en,
    milestone_states.stated_at,
    milestone_states.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from milestone_states
left join register_files
    on
        milestone_states.stated_at = register_files.written_at
        and milestone_states.stated_by is null
        and register_files.record_kind = 'milestone_states'
order by
    milestone_states.stated_on desc,
    milestone_states.plan_year asc nulls last,
    milestone_states.milestone_code asc nulls last,
    milestone_states.state asc nulls last,
    milestone_states.note_zh asc nulls last,
    milestone_states.note_en asc nulls last
