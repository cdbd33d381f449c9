-- register_visits: gate counts, the newest first, each row with who said so.
--
-- grain:    one row per count of a gate
-- params:   none
-- columns:  branch_code, day, hour, visit_count, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'visits'
    group by written_at
)

select
    visits.branch_code,
    visits.day,
    visits.hour,
    visits.visit_count,
    visits.stated_at,
    visits.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from visits
left join files on visits.stated_at = files.written_at and visits.stated_by is null
order by
    visits.day desc,
    visits.branch_code asc nulls last,
    visits.hour asc nulls last,
    visits.visit_count asc nulls last
