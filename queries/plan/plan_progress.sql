-- plan_progress: how far each target and milestone of the year of $as_of has come.
--
-- value   total: done since 1 January. level: the stock at the day. rate: year to date over its
--         base. share: one total over another. survey: share satisfied of the latest answers.
--         compliance: hours of the worst complete week at the main library. null: no evidence yet
-- status  met, on_course, behind; not_met where nothing can mend it or the year is over; survey: met, not_shown,
--         not_met by the 95 % interval; not_computable; milestones: planned, under_way, done, dropped
--
-- grain:    one row per target, then one per milestone, in the order of data/targets/<year>.toml
-- params:   $as_of  day the plan is judged at
-- columns:  target_code, kind, value, target, status

with

year as (
    select
        date_trunc('year', $as_of::date)::date as first_day,
        extract(year from $as_of::date) as plan_year
),

-- 0 where there was none, no row where the measure has never been recorded up to the day
amounts as (
    select
        measure_days.measure_code,
        sum(measure_days.amount) as stock,
        coalesce(sum(measure_days.amount) filter (where measure_days.day < year.first_day), 0)
            as stock_at_start,
        coalesce(sum(measure_days.amount) filter (where measure_days.day >= year.first_day), 0)
            as gained
    from measure_days
    cross join year
    where measure_days.day <= $as_of::date
    group by measure_days.measure_code
),

month_ends as (
    select sum(holdings.loanable_count) as loanable_count
    from holdings
    cross join year
    where holdings.month_end >= year.first_day and holdings.month_end <= $as_of::date
    group by holdings.month_end
),

bases as (
    select
        measure_code as per_code,
        gained as base
    from amounts
    union all
    select
        'holdings' as per_code,
        avg(loanable_count) as base
    from month_ends
    union all
    select
        'population' as per_code,
        value as base
    from settings
    where setting_code = 'population_served'
),

answers as (
    select
        survey_shares.measure_code,
        survey_shares.share,
        survey_shares.lower_share,
        survey_shares.upper_share
    from survey_shares
    cross join year
    where survey_shares.day >= year.first_day and survey_shares.day <= $as_of::date
    qualify
        row_number() over (
            partition by survey_shares.measure_code order by survey_shares.day desc
        ) = 1
),

worst_week as (
    select
        'opening_hours' as measure_code,
        min(opening_weeks.open_hours) as open_hours
    from opening_weeks
    inner join branches using (branch_code)
    cross join year
    where
        branches.is_main
        and opening_weeks.week_start >= year.first_day
        and opening_weeks.week_start + interval 6 day <= $as_of::date
),

readings as (
    select
        targets.target_code,
        targets.target_order,
        targets.kind,
        targets.measure_code,
        targets.target,
        year_pace.elapsed_share,
        make_date(year.plan_year, 12, 31) as year_end,
        case targets.kind
            when 'total' then amounts.gained
            when 'level' then amounts.stock
            when 'survey' then answers.share
            when 'compliance' then worst_week.open_hours
            else amounts.gained / nullif(bases.base, 0)
        end as value,
        case targets.kind
            when 'level'
                then
                    amounts.stock_at_start
                    + (targets.target - amounts.stock_at_start) * year_pace.elapsed_share
            else targets.target * year_pace.expected_share
        end as expected_value,
        answers.lower_share,
        answers.upper_share
    from targets
    inner join year using (plan_year)
    left join amounts using (measure_code)
    left join bases using (per_code)
    left join answers using (measure_code)
    left join worst_week using (measure_code)
    left join year_pace on year_pace.day = $as_of::date
),

judged as (
    select
        target_code,
        target_order,
        kind,
        value,
        target,
        case
            when value is null then 'not_computable'
            when kind = 'survey' and lower_share >= target then 'met'
            when kind = 'survey' and upper_share < target then 'not_met'
            when kind = 'survey' then 'not_shown'
            when kind = 'compliance' and value >= target then 'on_course'
            when kind = 'compliance' then 'not_met'
            when value >= target then 'met'
            when elapsed_share = 1 then 'not_met'
            -- a day open is a day of the year: no more can be had than are left
            when
                measure_code = 'open_day_count'
                and value + date_diff('day', $as_of::date, year_end) < target
                then 'not_met'
            when kind != 'share' and value >= expected_value then 'on_course'
            else 'behind'
        end as status
    from readings
),

states as (
    select
        milestone_states.milestone_code,
        milestone_states.state
    from milestone_states
    inner join year using (plan_year)
    where milestone_states.stated_on <= $as_of::date
    qualify
        row_number() over (
            partition by milestone_states.milestone_code
            order by milestone_states.stated_on desc, milestone_states.state asc
        ) = 1
),

listed as (
    select
        target_code,
        kind,
        value,
        target,
        status,
        0 as list_order,
        target_order as row_order
    from judged
    union all
    select
        milestones.milestone_code as target_code,
        'milestone' as kind,
        null as value,
        null as target,
        coalesce(states.state, 'planned') as status,
        1 as list_order,
        milestones.milestone_order as row_order
    from milestones
    inner join year using (plan_year)
    left join states using (milestone_code)
)

select
    target_code,
    kind,
    value,
    target,
    status
from listed
order by list_order, row_order
