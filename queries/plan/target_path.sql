-- target_path: how each target of the year of $as_of came to where it is, week by week.
--
-- The value ends at $as_of; the pace goes on to 31 December.
--
-- grain:    one row per target and Sunday, the day itself and the year's last day added
-- params:   $as_of   day the plan is judged at
--           $target  code of a target or milestone, or null for all of them
-- columns:  target_code, day, value, expected_value, goal, stretch, lower_share, upper_share, status

select
    target_code,
    day,
    case when day <= $as_of::date then value end as value,
    expected_value,
    goal,
    stretch,
    case when day <= $as_of::date then lower_share end as lower_share,
    case when day <= $as_of::date then upper_share end as upper_share,
    case when day <= $as_of::date then status end as status
from target_days
where
    branch_code is null
    and ($target::varchar is null or target_code = $target::varchar)
    and plan_year = extract(year from $as_of::date)
    and (
        extract(isodow from day) = 7
        or day = $as_of::date
        or day = make_date(plan_year, 12, 31)
    )
order by target_code, day
