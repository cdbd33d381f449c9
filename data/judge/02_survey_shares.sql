-- survey_shares: how many of those asked are satisfied, with the 95 % Wilson interval.
--
-- Feedback adds up from the first day of its year. A wave without a single answer says nothing.

insert into survey_shares

with

feedback_days as (
    select
        answered_on as day,
        count(*) as valid_count,
        count(*) filter (where is_satisfied) as satisfied_count
    from feedback
    where answered_on is not null and is_satisfied is not null
    group by answered_on
),

feedback_so_far as (
    select
        day,
        sum(valid_count) over year_so_far as valid_count,
        sum(satisfied_count) over year_so_far as satisfied_count
    from feedback_days
    window year_so_far as (
        partition by extract(year from day)
        order by day
        rows between unbounded preceding and current row
    )
),

feedback_shares as (
    select
        day,
        valid_count,
        satisfied_count,
        satisfied_count / valid_count::double as share
    from feedback_so_far
)

select
    'reader_satisfaction' as measure_code,
    closed_on as day,
    distributed_count,
    returned_count,
    valid_count,
    satisfied_count,
    reason is null as is_sound,
    satisfied_share as share,
    lower_share,
    upper_share
from survey_answers
where question_code = 'overall' and group_code = 'all' and valid_count > 0
union all
select
    'feedback_satisfaction' as measure_code,
    day,
    null as distributed_count,
    null as returned_count,
    valid_count,
    satisfied_count,
    true as is_sound,
    share,
    wilson_lower(share, valid_count) as lower_share,
    wilson_upper(share, valid_count) as upper_share
from feedback_shares
order by measure_code, day
