-- register_inspections: inspections of reading points, the newest first, each row with who said so.
--
-- grain:    one row per inspection
-- params:   none
-- columns:  point, inspected_on, finding, rectify_by, rectified_on, withdrawn_on, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    inspections.point,
    inspections.inspected_on,
    inspections.finding,
    inspections.rectify_by,
    inspections.rectified_on,
    inspections.withdrawn_on,
    inspections.stated_at,
    inspections.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from inspections
left join register_files
    on
        inspections.stated_at = register_files.written_at
        and inspections.stated_by is null
        and register_files.record_kind = 'inspections'
order by
    inspections.inspected_on desc,
    inspections.point asc nulls last,
    inspections.finding asc nulls last,
    inspections.rectify_by asc nulls last,
    inspections.rectified_on asc nulls last,
    inspections.withdrawn_on asc nulls last
