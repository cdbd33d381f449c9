-- register_inspections: inspections of reading points, the newest first, each row with who said so.
--
-- grain:    one row per inspection
-- params:   none
-- columns:  point, inspected_on, finding, rectify_by, rectified_on, withdrawn_on, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'inspections'
    group by written_at
)

select
    inspections.point,
    inspections.inspected_on,
    inspections.finding,
    inspections.rectify_by,
    inspections.rectified_on,
    inspections.withdrawn_on,
    inspections.stated_at,
    inspections.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from inspections
left join files on inspections.stated_at = files.written_at and inspections.stated_by is null
order by
    inspections.inspected_on desc,
    inspections.point asc nulls last,
    inspections.finding asc nulls last,
    inspections.rectify_by asc nulls last,
    inspections.rectified_on asc nulls last,
    inspections.withdrawn_on asc nulls last
