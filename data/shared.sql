-- What several questions share, made when a library is opened: data/judge/ and queries/ use these, so
-- that an interval, a verdict or the source of a row is defined once. Scalar macros and plain views
-- have their like in every engine.

-- The ends of the 95 % Wilson interval of a share of so many answers; null where there is no share.
-- 1.959964 is the normal quantile of 97.5 %.
create macro wilson_spread(answers) as power(1.959964, 2) / nullif(answers, 0);
create macro wilson_reach(share, spread) as sqrt(spread * (share * (1 - share) + spread / 4));
create macro wilson_lower(share, answers) as
(share + wilson_spread(answers) / 2 - wilson_reach(share, wilson_spread(answers)))
/ (1 + wilson_spread(answers));
create macro wilson_upper(share, answers) as
(share + wilson_spread(answers) / 2 + wilson_reach(share, wilson_spread(answers)))
/ (1 + wilson_spread(answers));

-- What an interval shows of a goal; null without either.
create macro interval_verdict(lower_share, upper_share, goal) as
case
    when lower_share >= goal then 'met'
    when upper_share < goal then 'not_met'
    when lower_share is not null and goal is not null then 'not_shown'
end;

-- What a measure came to over some days, from what it gained in them and before them; null where that
-- is not known. What a meter counts (is_metered) is known of days on which it was read; whatever else
-- goes into a log or a register is 0 from its first record on.
create macro amount_of(gained, gained_before, is_metered) as
case
    when gained is not null then gained
    when gained_before is not null and not is_metered then 0
end;
create macro stock_of(amount, gained_before) as coalesce(gained_before, 0) + amount;
create macro rate_of(amount, base) as amount / nullif(base, 0)::double;

-- What rates are divided by: what can be lent at the end of each month, of which the mean counts, and
-- the people served.
create view loanable_stock as
select
    month_end,
    branch_code,
    sum(loanable_count) as loanable_count
from holdings
group by month_end, branch_code;

create view population as
select max(value) as population_served
from settings
where setting_code = 'population_served';

-- The share of one count in another, as forms returned of those handed out: nothing grows into it over
-- the year.
create macro is_part(kind, per_code) as
kind = 'rate' and per_code not in ('holdings', 'population');

-- What a questionnaire found, per day on which waves closed, question and group: waves of one day are
-- added up. A wave with more answers than forms says nothing, and says so, rather than a share above 1.
create view survey_answers as
with

added as (
    select
        closed_on,
        question_code,
        group_code,
        min(survey_code) as survey_code,
        sum(distributed_count)::bigint as distributed_count,
        sum(returned_count)::bigint as returned_count,
        sum(valid_count)::bigint as valid_count,
        sum(satisfied_count)::bigint as satisfied_count,
        case
            when bool_or(satisfied_count > valid_count) then 'more_satisfied_than_answers'
            when bool_or(valid_count > returned_count or returned_count > distributed_count)
                then 'more_answers_than_forms'
            when sum(valid_count) = 0 then 'no_answers'
        end as reason
    from surveys
    group by closed_on, question_code, group_code
),

shares as (
    select
        closed_on,
        question_code,
        group_code,
        survey_code,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        case when reason is null then satisfied_count / valid_count::double end as satisfied_share,
        reason
    from added
)

select
    closed_on,
    question_code,
    group_code,
    survey_code,
    distributed_count,
    returned_count,
    valid_count,
    satisfied_count,
    satisfied_share,
    wilson_lower(satisfied_share, valid_count) as lower_share,
    wilson_upper(satisfied_share, valid_count) as upper_share,
    reason
from shares;

-- Where the rows of a register came from. A file is known by when it was written; of two written in one
-- second either may be meant.
create view register_files as
select
    record_kind,
    written_at,
    string_agg(distinct file_name, ', ' order by file_name asc) as file_names,
    min(loaded_by) as loaded_by,
    min(loaded_at) as loaded_at
from loads
group by record_kind, written_at;
