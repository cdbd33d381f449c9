-- group_names: what the groups are called that people are counted by.
--
-- grain:    one row per dimension (reader_type, sex, age_band, reason_code) and group
-- params:   none
-- columns:  dimension, group_code, group_name_zh, group_name_en

select
    codes.list as dimension,
    codes.code as group_code,
    codes.name_zh as group_name_zh,
    codes.name_en as group_name_en
from codes
where codes.list in ('reader_type', 'sex', 'age_band')
union all
select
    'reason_code' as dimension,
    reason_code as group_code,
    name_zh as group_name_zh,
    name_en as group_name_en
from cancel_reasons
order by dimension asc, group_code asc
