-- plan_progress: how far each target and milestone of the year of $as_of has come.
--
-- value   total: done since 1 January. level: the stock at the day. rate: year to date over its
--         base. survey: share satisfied of the latest answers. compliance: hours of the worst
--         complete week at the main library. null: no evidence yet
-- target  what is to be reached, as in force on the day
-- status  met, on_course, behind; not_met where nothing can mend it or the year is over; survey:
--         met, not_shown, not_met by the 95 % interval; not_computable; milestones: planned,
--         under_way, done, dropped, overdue
--
-- grain:    one row per target, then one per milestone, in the order of data/targets/<year>.toml
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, kind, value, target, status

with

states as (
    select
        milestone_code,
        state
    from milestone_states
    where plan_year = extract(year from $as_of::date) and stated_on <= $as_of::date
    qualify row_number() over (partition by milestone_code order by stated_on desc, state asc) = 1
),

listed as (
    select
        targets.target_code,
        targets.kind,
        target_days.value,
        target_days.goal as target,
        target_days.status,
        0 as list_order,
        targets.target_order as row_order
    from targets
    inner join target_days using (plan_year, target_code)
    where target_days.day = $as_of::date and target_days.branch_code is null
    union all
    select
        milestones.milestone_code as target_code,
        'milestone' as kind,
        null as value,
        null as target,
        case
            when
                milestones.due_date < $as_of::date
                and coalesce(states.state, 'planned') in ('planned', 'under_way')
                then 'overdue'
            else coalesce(states.state, 'planned')
        end as status,
        1 as list_order,
        milestones.milestone_order as row_order
    from milestones
    left join states using (milestone_code)
    where milestones.plan_year = extract(year from $as_of::date)
)

select
    target_code,
    kind,
    value,
    target,
    status
from listed
order by list_order, row_order
