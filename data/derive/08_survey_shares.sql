-- survey_shares: how many of those asked are satisfied, with the 95 % Wilson interval.
--
-- 1.959964 is the normal quantile of 97.5 %. Feedback adds up from the first day of its year.

insert into survey_shares

with

answers as (
    select
        'reader_satisfaction' as measure_code,
        closed_on as day,
        sum(valid_count) as valid_count,
        sum(satisfied_count) as satisfied_count
    from surveys
    where question_code = 'overall'
    group by closed_on
),

feedback_days as (
    select
        answered_on as day,
        count(*) as valid_count,
        count(*) filter (where is_satisfied) as satisfied_count
    from feedback
    where answered_on is not null and is_satisfied is not null
    group by answered_on
),

shares as (
    select
        measure_code,
        day,
        valid_count,
        satisfied_count
    from answers
    union all
    select
        'feedback_satisfaction' as measure_code,
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

terms as (
    select
        measure_code,
        day,
        valid_count,
        satisfied_count,
        satisfied_count / valid_count::double as share,
        power(1.959964, 2) / valid_count as spread
    from shares
    where valid_count > 0
)

select
    measure_code,
    day,
    valid_count,
    satisfied_count,
    share,
    (share + spread / 2 - sqrt(spread * (share * (1 - share) + spread / 4))) / (1 + spread)
        as lower_share,
    (share + spread / 2 + sqrt(spread * (share * (1 - share) + spread / 4))) / (1 + spread)
        as upper_share
from terms
order by measure_code, day
