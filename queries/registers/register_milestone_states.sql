-- register_milestone_states: reports on milestones, the newest first, each row with who said so.
--
-- grain:    one row per report
-- params:   none
-- columns:  plan_year, milestone_code, stated_on, state, note_zh, note_en, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'milestone_states'
    group by written_at
)

select
    milestone_states.plan_year,
    milestone_states.milestone_code,
    milestone_states.stated_on,
    milestone_states.state,
    milestone_states.note_zh,
    milestone_states.note_en,
    milestone_states.stated_at,
    milestone_states.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from milestone_states
left join files
    on milestone_states.stated_at = files.written_at and milestone_states.stated_by is null
order by
    milestone_states.stated_on desc,
    milestone_states.plan_year asc nulls last,
    milestone_states.milestone_code asc nulls last,
    milestone_states.state asc nulls last,
    milestone_states.note_zh asc nulls last,
    milestone_states.note_en asc nulls last
