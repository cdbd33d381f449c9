-- register_opening_hours: hours of opening, the newest first, each row with who said so.
--
-- grain:    one row per interval open
-- params:   none
-- columns:  branch_code, day, opens_at, closes_at, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    opening_hours.branch_code,
    opening_hours.day,
    opening_hours.opens_at,
    opening_hours.closes_at,
    opening_hours.stated_at,
    opening_hours.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from opening_hours
left join register_files
    on
        opening_hours.stated_at = register_files.written_at
        and opening_hours.stated_by is null
        and register_files.record_kind = 'opening_hours'
order by
    opening_hours.day desc,
    opening_hours.branch_code asc nulls last,
    opening_hours.opens_at asc nulls last,
    opening_hours.closes_at asc nulls last
