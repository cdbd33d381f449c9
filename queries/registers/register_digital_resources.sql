-- register_digital_resources: readings of what is stored, the newest first, each row with who said so.
--
-- grain:    one row per resource and reading
-- params:   none
-- columns:  resource_name, counted_on, storage_tb, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'digital_resources'
    group by written_at
)

select
    digital_resources.resource_name,
    digital_resources.counted_on,
    digital_resources.storage_tb,
    digital_resources.stated_at,
    digital_resources.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from digital_resources
left join files
    on digital_resources.stated_at = files.written_at and digital_resources.stated_by is null
order by
    digital_resources.counted_on desc,
    digital_resources.resource_name asc nulls last,
    digital_resources.storage_tb asc nulls last
