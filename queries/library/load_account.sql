-- load_account: what became of every line of every file read.
--
-- grain:    one row per file
-- params:   none
-- columns:  file_name, line_count, loaded_count, repaired_count, refused_count, set_aside_count

select
    file_name,
    line_count,
    loaded_count,
    repaired_count,
    refused_count,
    set_aside_count
from loads
order by file_name
