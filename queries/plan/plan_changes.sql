-- plan_changes: the status of each target and milestone, beside that of a week before.
--
-- The week before 8 January lies in another plan's year: status_before is null there. A milestone that
-- nobody has spoken of is planned; it is overdue from the day after it was due.
--
-- grain:    one row per target, then one per milestone, in the order of targets/<year>.toml
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, kind, status, status_before, day_before

with

asked as (
    select
        $as_of::date as day,
        ($as_of::date - interval 7 day)::date as day_before,
        extract(year from $as_of::date) as plan_year
),

both_days as (
    select day from asked
    union all
    select day_before as day from asked
),

states as (
    select
        both_days.day,
        milestone_states.milestone_code,
        milestone_states.state
    from milestone_states
    inner join asked using (plan_year)
    inner join both_days on milestone_states.stated_on <= both_days.day
    qualify
        row_number() over (
            partition by both_days.day, milestone_states.milestone_code
            order by milestone_states.stated_on desc, milestone_states.state asc
        ) = 1
),

milestone_days as (
    select
        both_days.day,
        milestones.milestone_code,
        case
            when
                milestones.due_date < both_days.day
                and coalesce(states.state, 'planned') in ('planned', 'under_way')
                then 'overdue'
            else coalesce(states.state, 'planned')
        end as status
    from milestones
    inner join asked using (plan_year)
    cross join both_days
    left join states
        on
            milestones.milestone_code = states.milestone_code
            and both_days.day = states.day
),

listed as (
    select
        targets.target_code,
        targets.kind,
        now_days.status,
        past_days.status as status_before,
        0 as list_order,
        targets.target_order as row_order
    from targets
    inner join asked using (plan_year)
    inner join target_days as now_days
        on
            targets.plan_year = now_days.plan_year
            and targets.target_code = now_days.target_code
            and asked.day = now_days.day
            and now_days.branch_code is null
    left join target_days as past_days
        on
            targets.plan_year = past_days.plan_year
            and targets.target_code = past_days.target_code
            and asked.day_before = past_days.day
            and past_days.branch_code is null
    union all
    select
        milestones.milestone_code as target_code,
        'milestone' as kind,
        now_days.status,
        case when extract(year from asked.day_before) = asked.plan_year then past_days.status end
            as status_before,
        1 as list_order,
        milestones.milestone_order as row_order
    from milestones
    inner join asked using (plan_year)
    inner join milestone_days as now_days
        on milestones.milestone_code = now_days.milestone_code and asked.day = now_days.day
    inner join milestone_days as past_days
        on
            milestones.milestone_code = past_days.milestone_code
            and asked.day_before = past_days.day
)

select
    listed.target_code,
    listed.kind,
    listed.status,
    listed.status_before,
    asked.day_before
from listed
cross join asked
order by listed.list_order, listed.row_order
