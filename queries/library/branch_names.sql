-- branch_names: the libraries of the network, the main one first, then by size.
--
-- grain:    one row per branch
-- params:   none
-- columns:  branch_code, name_zh, name_en, is_main

select
    branch_code,
    name_zh,
    name_en,
    is_main
from branches
order by is_main desc, floor_area_m2 desc nulls last, branch_code asc
