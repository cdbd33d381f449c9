-- register_volunteers: volunteer service, the newest first, each row with who said so.
--
-- grain:    one row per day, activity and branch
-- params:   none
-- columns:  served_on, activity, branch_code, volunteer_count, service_hours, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'volunteers'
    group by written_at
)

select
    volunteers.served_on,
    volunteers.activity,
    volunteers.branch_code,
    volunteers.volunteer_count,
    volunteers.service_hours,
    volunteers.stated_at,
    volunteers.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from volunteers
left join files on volunteers.stated_at = files.written_at and volunteers.stated_by is null
order by
    volunteers.served_on desc,
    volunteers.activity asc nulls last,
    volunteers.branch_code asc nulls last,
    volunteers.volunteer_count asc nulls last,
    volunteers.service_hours asc nulls last
