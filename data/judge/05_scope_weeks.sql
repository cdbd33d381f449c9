-- scope_weeks: hours open in each week where they are fewest, of the main library and of the network.
--
-- Hours of which nobody said the branch, in a library of several, are of no branch that promised any.

insert into scope_weeks

select
    opening_weeks.week_start,
    'network' as scope,
    min(opening_weeks.open_hours) as open_hours
from opening_weeks
left join main_branches
    on opening_weeks.branch_code is not distinct from main_branches.branch_code
where opening_weeks.branch_code is not null or main_branches.is_main
group by opening_weeks.week_start
union all
select
    opening_weeks.week_start,
    'main' as scope,
    min(opening_weeks.open_hours) as open_hours
from opening_weeks
inner join main_branches
    on opening_weeks.branch_code is not distinct from main_branches.branch_code
group by opening_weeks.week_start
order by week_start, scope
