-- plan_pace: how much of its year is over at a day, by the calendar and by open days.
--
-- grain:    one row
-- params:   $as_of  day the plan is judged at
-- columns:  day, elapsed_share, expected_share, is_by_open_days

select
    day,
    elapsed_share,
    expected_share,
    is_by_open_days
from year_pace
where day = $as_of::date
