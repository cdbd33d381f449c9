-- reader_labels: how readers may be shown: masked, and by name where the names file is open.
--
-- grain:    one row per reader asked for that the library knows
-- params:   $readers  list of reader_id
-- columns:  reader_id, masked_name, reader_name, card_number, type_name_zh, type_name_en, branch_name_zh, branch_name_en

select
    readers.reader_id,
    readers.masked_name,
    names.reader_name,
    names.card_number,
    types.name_zh as type_name_zh,
    types.name_en as type_name_en,
    branches.name_zh as branch_name_zh,
    branches.name_en as branch_name_en
from readers
left join names using (reader_id)
left join codes as types on readers.reader_type = types.code and types.list = 'reader_type'
left join branches on readers.home_branch = branches.branch_code
where list_contains($readers::bigint[], readers.reader_id)
order by readers.reader_id
