-- rules_applied: how many lines each rule of reading touched, in the newest load.
--
-- grain:    one row per rule and what it did
-- params:   none
-- columns:  rule_code, outcome, line_count

select
    rule_code,
    outcome,
    sum(line_count)::bigint as line_count
from load_rules
where load_number = (select max(loads.load_number) from loads)
group by rule_code, outcome
order by line_count desc, rule_code asc, outcome asc
