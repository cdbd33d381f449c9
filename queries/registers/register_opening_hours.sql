-- register_opening_hours: hours of opening, the newest first, each row with who said so.
--
-- grain:    one row per interval open
-- params:   none
-- columns:  branch_code, day, opens_at, closes_at, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'opening_hours'
    group by written_at
)

select
    opening_hours.branch_code,
    opening_hours.day,
    opening_hours.opens_at,
    opening_hours.closes_at,
    opening_hours.stated_at,
    opening_hours.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from opening_hours
left join files on opening_hours.stated_at = files.written_at and opening_hours.stated_by is null
order by
    opening_hours.day desc,
    opening_hours.branch_code asc nulls last,
    opening_hours.opens_at asc nulls last,
    opening_hours.closes_at asc nulls last
