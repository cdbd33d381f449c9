-- register_feedback: feedback cases, the newest first, each row with who said so.
--
-- grain:    one row per case
-- params:   none
-- columns:  case_number, received_on, answered_on, branch_code, is_satisfied, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'feedback'
    group by written_at
)

select
    feedback.case_number,
    feedback.received_on,
    feedback.answered_on,
    feedback.branch_code,
    feedback.is_satisfied,
    feedback.stated_at,
    feedback.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from feedback
left join files on feedback.stated_at = files.written_at and feedback.stated_by is null
order by
    feedback.received_on desc,
    feedback.case_number asc nulls last,
    feedback.answered_on asc nulls last,
    feedback.branch_code asc nulls last,
    feedback.is_satisfied asc nulls last
