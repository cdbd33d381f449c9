-- register_annotations: what charts over time should say, the newest first, each row with who said so.
--
-- grain:    one row per annotation
-- params:   none
-- columns:  annotation_kind, title, first_day, last_day, branch_code, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'annotations'
    group by written_at
)

select
    annotations.annotation_kind,
    annotations.title,
    annotations.first_day,
    annotations.last_day,
    annotations.branch_code,
    annotations.stated_at,
    annotations.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from annotations
left join files on annotations.stated_at = files.written_at and annotations.stated_by is null
order by
    annotations.first_day desc,
    annotations.annotation_kind asc nulls last,
    annotations.title asc nulls last,
    annotations.last_day asc nulls last,
    annotations.branch_code asc nulls last
