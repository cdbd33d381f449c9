-- register_surveys: survey waves, the newest first, each row with who said so.
--
-- grain:    one row per wave, question and group
-- params:   none
-- columns:  survey_code, question_code, group_code, closed_on, distributed_count, returned_count, valid_count, satisfied_count, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    surveys.survey_code,
    surveys.question_code,
    surveys.group_code,
    surveys.closed_on,
    surveys.distributed_count,
    surveys.returned_count,
    surveys.valid_count,
    surveys.satisfied_count,
    surveys.stated_at,
    surveys.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from surveys
left join register_files
    on
        surveys.stated_at = register_files.written_at
        and surveys.stated_by is null
        and register_files.record_kind = 'surveys'
order by
    surveys.closed_on desc,
    surveys.survey_code asc nulls last,
    surveys.question_code asc nulls last,
    surveys.group_code asc nulls last,
    surveys.distributed_count asc nulls last,
    surveys.returned_count asc nulls last,
    surveys.valid_count asc nulls last,
    surveys.satisfied_count asc nulls last
