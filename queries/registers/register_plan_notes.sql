-- register_plan_notes: notes on the plan, the newest first, each row with who said so.
--
-- grain:    one row per note
-- params:   none
-- columns:  plan_year, target_code, noted_on, owner, note, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    plan_notes.plan_year,
    plan_notes.target_code,
    plan_notes.noted_on,
    plan_notes.owner,
    plan_notes.note,
    plan_notes.stated_at,
    plan_notes.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from plan_notes
left join register_files
    on
        plan_notes.stated_at = register_files.written_at
        and plan_notes.stated_by is null
        and register_files.record_kind = 'plan_notes'
order by
    plan_notes.noted_on desc,
    plan_notes.plan_year asc nulls last,
    plan_notes.target_code asc nulls last,
    plan_notes.owner asc nulls last,
    plan_notes.note asc nulls last
