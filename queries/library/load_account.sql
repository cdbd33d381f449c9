-- load_account: what became of every line of every file of every load behind this library.
--
-- grain:    one row per load and file, the newest load first
-- params:   none
-- columns:  load_number, loaded_at, layout, file_name, record_kind, encoding, line_count, loaded_count, repaired_count, refused_count, set_aside_count, already_there_count

select
    load_number,
    loaded_at,
    layout,
    file_name,
    record_kind,
    encoding,
    line_count,
    loaded_count,
    repaired_count,
    refused_count,
    set_aside_count,
    already_there_count
from loads
order by load_number desc, file_name asc, record_kind asc
