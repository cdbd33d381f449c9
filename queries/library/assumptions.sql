-- assumptions: the settings behind ratios, who states them, and whether they are assumed.
--
-- The population of a network is no question of a library that has no other branch.
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
where
    setting_code != 'population_served_network'
    or (select count(*) from branches) > 1
order by setting_code
