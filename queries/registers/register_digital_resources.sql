-- register_digital_resources: readings of what is stored, the newest first, each row with who said so.
--
-- grain:    one row per resource and reading
-- params:   none
-- columns:  resource_name, counted_on, storage_tb, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    digital_resources.resource_name,
    digital_resources.counted_on,
    digital_resources.storage_tb,
    digital_resources.stated_at,
    digital_resources.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from digital_resources
left join register_files
    on
        digital_resources.stated_at = register_files.written_at
        and digital_resources.stated_by is null
        and register_files.record_kind = 'digital_resources'
order by
    digital_resources.counted_on desc,
    digital_resources.resource_name asc nulls last,
    digital_resources.storage_tb asc nulls last
