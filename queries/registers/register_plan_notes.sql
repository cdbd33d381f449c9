-- register_plan_notes: notes on the plan, the newest first, each row with who said so.
--
-- grain:    one row per note
-- params:   none
-- columns:  plan_year, target_code, noted_on, owner, note, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'plan_notes'
    group by written_at
)

select
    plan_notes.plan_year,
    plan_notes.target_code,
    plan_notes.noted_on,
    plan_notes.owner,
    plan_notes.note,
    plan_notes.stated_at,
    plan_notes.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from plan_notes
left join files on plan_notes.stated_at = files.written_at and plan_notes.stated_by is null
order by
    plan_notes.noted_on desc,
    plan_notes.plan_year asc nulls last,
    plan_notes.target_code asc nulls last,
    plan_notes.owner asc nulls last,
    plan_notes.note asc nulls last
