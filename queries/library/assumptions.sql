-- assumptions: the settings behind ratios, who states them, and whether they are assumed.
--
-- grain:    one row per setting
-- params:   none
-- columns:  setting_code, value, unit, source_zh, source_en, is_assumed

select
    setting_code,
    value,
    unit,
    source_zh,
    source_en,
    is_assumed
from settings
order by setting_code
