-- survey_shares: how many of those asked are satisfied, with the 95 % Wilson interval.
--
-- Answers add up from the first day of their year, over all its waves and of each wave alone; feedback
-- of the main library alone and of the network. A questionnaire tells nothing of branches: it is that of
-- whoever promises it. Cases of feedback that nobody rated are among the distributed: they bound what
-- the share could be.

insert into survey_shares

with

scopes as (
    select 'main' as scope
    union all
    select 'network' as scope
),

feedback_days as (
    select
        scopes.scope,
        feedback.answered_on as day,
        count(*) as answered_count,
        count(feedback.is_satisfied) as valid_count,
        count(*) filter (where feedback.is_satisfied) as satisfied_count
    from feedback
    left join main_branches
        on feedback.branch_code is not distinct from main_branches.branch_code
    inner join scopes on scopes.scope = 'network' or main_branches.is_main
    where feedback.answered_on is not null
    group by scopes.scope, feedback.answered_on
),

feedback_so_far as (
    select
        scope,
        day,
        sum(answered_count) over year_so_far as answered_count,
        sum(valid_count) over year_so_far as valid_count,
        sum(satisfied_count) over year_so_far as satisfied_count
    from feedback_days
    window year_so_far as (
        partition by scope, extract(year from day)
        order by day
        rows between unbounded preceding and current row
    )
),

feedback_shares as (
    select
        scope,
        day,
        answered_count,
        valid_count,
        satisfied_count,
        satisfied_count / valid_count::double as share
    from feedback_so_far
    where valid_count > 0
)

select
    'reader_satisfaction' as measure_code,
    scopes.scope,
    survey_answers.wave_code,
    survey_answers.closed_on as day,
    survey_answers.distributed_count,
    survey_answers.returned_count,
    survey_answers.valid_count,
    survey_answers.satisfied_count,
    survey_answers.reason is null as is_sound,
    survey_answers.satisfied_share as share,
    survey_answers.lower_share,
    survey_answers.upper_share
from survey_answers
cross join scopes
where
    survey_answers.question_code = 'overall'
    and survey_answers.group_code = 'all'
    and survey_answers.valid_count > 0
union all
select
    'feedback_satisfaction' as measure_code,
    scope,
    null as wave_code,
    day,
    answered_count as distributed_count,
    null as returned_count,
    valid_count,
    satisfied_count,
    true as is_sound,
    share,
    wilson_lower(share, valid_count) as lower_share,
    wilson_upper(share, valid_count) as upper_share
from feedback_shares
order by measure_code, scope, wave_code, day
