-- register_counts: web visits and other counts, the newest first, each row with who said so.
--
-- grain:    one row per count
-- params:   none
-- columns:  count_code, counted_on, amount, stated_at, stated_by, file_names, loaded_by, loaded_at

select
    counts.count_code,
    counts.counted_on,
    counts.amount,
    counts.stated_at,
    counts.stated_by,
    register_files.file_names,
    register_files.loaded_by,
    register_files.loaded_at
from counts
left join register_files
    on
        counts.stated_at = register_files.written_at
        and counts.stated_by is null
        and register_files.record_kind = 'counts'
order by
    counts.counted_on desc,
    counts.count_code asc nulls last,
    counts.amount asc nulls last
