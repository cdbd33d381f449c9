-- milestone_progress: where each milestone of the year of $as_of stands, and the last report on it.
--
-- status  planned, under_way, done, dropped as last reported, planned where nobody has; overdue once
--         its day is past and it is neither done nor dropped
--
-- grain:    one row per milestone, in the order of targets/<year>.toml
-- params:   $as_of   day the plan is judged at
--           $target  code of a milestone, or null for all of them
-- columns:  milestone_code, status, stated_on, note_zh, note_en

with

reports as (
    select
        milestone_code,
        state,
        stated_on,
        note_zh,
        note_en
    from milestone_states
    where plan_year = extract(year from $as_of::date) and stated_on <= $as_of::date
    qualify row_number() over (partition by milestone_code order by stated_on desc, state asc) = 1
)

select
    milestones.milestone_code,
    case
        when
            milestones.due_date < $as_of::date
            and coalesce(reports.state, 'planned') in ('planned', 'under_way')
            then 'overdue'
        else coalesce(reports.state, 'planned')
    end as status,
    reports.stated_on,
    reports.note_zh,
    reports.note_en
from milestones
left join reports using (milestone_code)
where
    milestones.plan_year = extract(year from $as_of::date)
    and ($target::varchar is null or milestones.milestone_code = $target::varchar)
order by milestones.milestone_order
