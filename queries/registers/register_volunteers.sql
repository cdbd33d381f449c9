-- register_volunteers: volunteer service, the newest first, each row with who said so.
--
-- grain:    one row per day, activity and branch
-- params:   none
-- columns:  served_on, activity, branch_code, volunteer_count, service_hours, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    volunteers.served_on,
    volunteers.activity,
    volunteers.branch_code,
    volunteers.volunteer_count,
    volunteers.service_hours,
    volunteers.stated_at,
    volunteers.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from volunteers
left join register_files
    on
        volunteers.stated_at = register_files.written_at
        and volunteers.stated_by is null
        and register_files.record_kind = 'volunteers'
order by
    volunteers.served_on desc,
    volunteers.activity asc nulls last,
    volunteers.branch_code asc nulls last,
    volunteers.volunteer_count asc nulls last,
    volunteers.service_hours asc nulls last
