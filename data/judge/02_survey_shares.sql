-- survey_shares: how many of those asked are satisfied, with the 95 % Wilson interval.
--
-- 1.959964 is the normal quantile of 97.5 %. Feedback adds up from the first day of its year. A wave
-- with more answers than forms says nothing, and says so, rather than a share above 1.

insert into survey_shares

with

answers as (
    select
        'reader_satisfaction' as measure_code,
        closed_on as day,
        sum(distributed_count) as distributed_count,
        sum(returned_count) as returned_count,
        sum(valid_count) as valid_count,
        sum(satisfied_count) as satisfied_count,
        bool_and(
            satisfied_count <= valid_count
            and valid_count <= returned_count
            and returned_count <= distributed_count
        ) as is_sound
    from surveys
    where question_code = 'overall' and group_code = 'all'
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
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        is_sound
    from answers
    union all
    select
        'feedback_satisfaction' as measure_code,
        day,
        null as distributed_count,
        null as returned_count,
        sum(valid_count) over year_so_far as valid_count,
        sum(satisfied_count) over year_so_far as satisfied_count,
        true as is_sound
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
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        is_sound,
        case when is_sound then satisfied_count / valid_count::double end as share,
        power(1.959964, 2) / valid_count as spread
    from shares
    where valid_count > 0
)

select
    measure_code,
    day,
    distributed_count,
    returned_count,
    valid_count,
    satisfied_count,
    is_sound,
    share,
    case
        when is_sound
            then
                (share + spread / 2 - sqrt(spread * (share * (1 - share) + spread / 4)))
                / (1 + spread)
    end as lower_share,
    case
        when is_sound
            then
                (share + spread / 2 + sqrt(spread * (share * (1 - share) + spread / 4)))
                / (1 + spread)
    end as upper_share
from terms
order by measure_code, day
