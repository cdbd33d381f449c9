-- library_facts: what this library file is, which days it covers, and whether it is simulated.
--
-- grain:    one row
-- params:   none
-- columns:  name_zh, name_en, is_simulated, layout, first_day, last_day, loaded_at, schema_version

select
    name_zh,
    name_en,
    is_simulated,
    layout,
    first_day,
    last_day,
    loaded_at,
    schema_version
from library
