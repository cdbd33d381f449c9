-- load_account: what became of every line of every file of the newest load.
--
-- grain:    one row per file and kind of record
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
where load_number = (select max(every_load.load_number) from loads as every_load)
order by file_name asc, record_kind asc
