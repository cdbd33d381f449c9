-- target_branches: the parts that branches have in the targets of the year of $as_of.
--
-- grain:    one row per target and branch with a part of it
-- params:   $as_of   day the plan is judged at
--           $target  code of a target or milestone, or null for all of them
-- columns:  target_code, branch_code, name_zh, name_en, value, goal, expected_value, status, reason

select
    target_days.target_code,
    target_days.branch_code,
    branches.name_zh,
    branches.name_en,
    target_days.value,
    target_days.goal,
    target_days.expected_value,
    target_days.status,
    target_days.reason
from target_days
left join branches using (branch_code)
where
    target_days.day = $as_of::date
    and target_days.branch_code is not null
    and ($target::varchar is null or target_days.target_code = $target::varchar)
order by target_days.target_code asc, branches.is_main desc, target_days.branch_code asc
