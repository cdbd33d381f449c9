-- plan_progress: how far each target of the year of $as_of has come.
--
-- value   total: done since 1 January. level: the stock at the day. rate: year to date over its
--         base. survey: share satisfied of the latest answers. compliance: hours of the worst
--         complete week. Of the main library or of the network, whose promise it is. null: no evidence yet
-- target  what is to be reached, as in force on the day
-- status  met, on_course, behind; not_met where nothing can mend it or the year is over; survey:
--         met, not_shown, not_met by the 95 % interval; not_computable
--
-- grain:    one row per target, in the order of targets/<year>.toml
-- params:   $as_of   day the plan is judged at
--           $target  code of a target, or null for all of them
-- columns:  target_code, kind, value, target, status

select
    targets.target_code,
    targets.kind,
    target_days.value,
    target_days.goal as target,
    target_days.status
from targets
inner join target_days using (plan_year, target_code)
where
    target_days.day = $as_of::date
    and target_days.branch_code is null
    and ($target::varchar is null or targets.target_code = $target::varchar)
order by targets.target_order
