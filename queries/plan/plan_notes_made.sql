-- plan_notes_made: who answers for each target or milestone of the year of $as_of, and what was decided.
--
-- grain:    one row per note made up to the day, the latest first
-- params:   $as_of   day the plan is judged at
--           $target  code of a target or milestone, or null for all of them
-- columns:  target_code, noted_on, owner, note, stated_at, stated_by

select
    target_code,
    noted_on,
    owner,
    note,
    stated_at,
    stated_by
from plan_notes
where
    plan_year = extract(year from $as_of::date)
    and noted_on <= $as_of::date
    and ($target::varchar is null or target_code = $target::varchar)
order by target_code asc, noted_on desc
