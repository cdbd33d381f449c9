-- rules_applied: how many lines of each file each rule of reading touched, in the newest load.
--
-- grain:    one row per file and rule
-- params:   none
-- columns:  file_name, rule_code, outcome, line_count

select
    file_name,
    rule_code,
    outcome,
    line_count
from load_rules
where load_number = (select max(loads.load_number) from loads)
order by file_name asc, line_count desc, rule_code asc
