-- register_visits: gate counts, the newest first, each row with who said so.
--
-- grain:    one row per count of a gate
-- params:   none
-- columns:  branch_code, day, hour, visit_count, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    visits.branch_code,
    visits.day,
    visits.hour,
    visits.visit_count,
    visits.stated_at,
    visits.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from visits
left join register_files
    on
        visits.stated_at = register_files.written_at
        and visits.stated_by is null
        and register_files.record_kind = 'visits'
order by
    visits.day desc,
    visits.branch_code asc nulls last,
    visits.hour asc nulls last,
    visits.visit_count asc nulls last
