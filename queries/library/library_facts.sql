-- library_facts: what this library file is, which days and branches it covers, and whether it is simulated.
--
-- grain:    one row
-- params:   none
-- columns:  name_zh, name_en, is_simulated, layout, first_day, last_day, loaded_at, schema_version, main_branch, branch_count, loans_include_renewals

with

mains as (
    select
        min(branch_code) filter (where is_main) as main_branch,
        count(*) as branch_count
    from branches
)

select
    library.name_zh,
    library.name_en,
    library.is_simulated,
    library.layout,
    library.first_day,
    library.last_day,
    library.loaded_at,
    library.schema_version,
    mains.main_branch,
    mains.branch_count,
    (
        select count(*) > 0 from settings
        where settings.setting_code = 'loans_include_renewals' and settings.value = 1
    ) as loans_include_renewals
from library
cross join mains
