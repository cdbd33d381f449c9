-- register_feedback: feedback cases, the newest first, each row with who said so.
--
-- grain:    one row per case
-- params:   none
-- columns:  case_number, received_on, answered_on, branch_code, is_satisfied, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    feedback.case_number,
    feedback.received_on,
    feedback.answered_on,
    feedback.branch_code,
    feedback.is_satisfied,
    feedback.stated_at,
    feedback.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from feedback
left join register_files
    on
        feedback.stated_at = register_files.written_at
        and feedback.stated_by is null
        and register_files.record_kind = 'feedback'
order by
    feedback.received_on desc,
    feedback.case_number asc nulls last,
    feedback.answered_on asc nulls last,
    feedback.branch_code asc nulls last,
    feedback.is_satisfied asc nulls last
