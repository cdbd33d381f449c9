-- register_counts: web visits and other counts, the newest first, each row with who said so.
--
-- grain:    one row per count
-- params:   none
-- columns:  count_code, counted_on, amount, stated_at, stated_by, file_names, loaded_by, loaded_at

with

-- a file is known by when it was written; of two written in one second either may be meant
files as (
    select
        written_at,
        string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
        min(loaded_by) as loaded_by,
        min(loaded_at) as loaded_at
    from loads
    where record_kind = 'counts'
    group by written_at
)

select
    counts.count_code,
    counts.counted_on,
    counts.amount,
    counts.stated_at,
    counts.stated_by,
    files.file_names,
    files.loaded_by,
    files.loaded_at
from counts
left join files on counts.stated_at = files.written_at and counts.stated_by is null
order by
    counts.counted_on desc,
    counts.count_code asc nulls last,
    counts.amount asc nulls last
