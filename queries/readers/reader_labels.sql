-- reader_labels: how readers may be shown: masked, and by name where that is allowed and the names file is open.
--
-- A name comes sealed, and only of who is of age for certain on the day and has not declined.
--
-- grain:    one row per reader asked for that the library knows
-- params:   $readers  list of reader_id
--           $as_of    day a reader has to be of age on
-- columns:  reader_id, masked_name, sealed, has_agreed, type_name_zh, type_name_en, branch_name_zh, branch_name_en

select
    readers.reader_id,
    readers.masked_name,
    case
        when
            is_of_age(readers.birth_year, readers.reader_type, $as_of::date)
            and coalesce(readers.may_be_named, true)
            then names.sealed
    end as sealed,
    -- null: the reader has not said
    readers.may_be_named as has_agreed,
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
