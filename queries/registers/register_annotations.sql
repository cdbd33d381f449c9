-- register_annotations: what charts over time should say, the newest first, each row with who said so.
--
-- grain:    one row per annotation
-- params:   none
-- columns:  annotation_kind, title, first_day, last_day, branch_code, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    annotations.annotation_kind,
    annotations.title,
    annotations.first_day,
    annotations.last_day,
    annotations.branch_code,
    annotations.stated_at,
    annotations.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from annotations
left join register_files
    on
        annotations.stated_at = register_files.written_at
        and annotations.stated_by is null
        and register_files.record_kind = 'annotations'
order by
    annotations.first_day desc,
    annotations.annotation_kind asc nulls last,
    annotations.title asc nulls last,
    annotations.last_day asc nulls last,
    annotations.branch_code asc nulls last
