-- scope_days: what each measure of the plan gained on each day, in the main library and in the network.
--
-- What cannot be told by branch (questionnaires, web visits) is that of whoever promises it.

insert into scope_days

with

gains as (
    select
        measure_days.measure_code,
        'network' as scope,
        measure_days.day,
        measure_days.amount
    from measure_days
    union all
    select
        measure_days.measure_code,
        'main' as scope,
        measure_days.day,
        measure_days.amount
    from measure_days
    inner join plan_measures using (measure_code)
    left join main_branches
        on measure_days.branch_code is not distinct from main_branches.branch_code
    where main_branches.is_main or not plan_measures.by_branch
)

select
    gains.measure_code,
    gains.scope,
    gains.day,
    -- two branches open on one day make one day open
    least(sum(gains.amount), max(plan_measures.most_a_day)) as amount
from gains
inner join plan_measures using (measure_code)
group by gains.measure_code, gains.scope, gains.day
order by gains.measure_code, gains.scope, gains.day
