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
-- The same while answers may still come in.
create macro interval_so_far(lower_share, upper_share, goal) as
case interval_verdict(lower_share, upper_share, goal)
    when 'met' then 'on_course'
    when 'not_met' then 'behind'
    else interval_verdict(lower_share, upper_share, goal)
end;

-- The age band of data/codes.csv of whoever was born in a year, in another; null where that is unknown.
create macro age_band(birth_year, in_year) as
case
    when birth_year is null then null
    when in_year - birth_year <= 6 then '0-6'
    when in_year - birth_year <= 12 then '7-12'
    when in_year - birth_year <= 17 then '13-17'
    when in_year - birth_year <= 34 then '18-34'
    when in_year - birth_year <= 59 then '35-59'
    else '60+'
end;

-- A week, known by its Monday, belongs to the year of its Thursday (ISO 8601), so that none is left out;
-- where it runs on into the next year it is over with its own.
create macro week_year(week_start) as extract(year from week_start + interval 3 day);
create macro week_last_day(week_start) as
least(week_start + interval 6 day, make_date(week_year(week_start), 12, 31))::date;

-- The branch that is the main library. Where there is no other, what names none is the main one's too.
create view main_branches as
select
    branch_code,
    is_main
from branches
where is_main
union all
select
    null as branch_code,
    true as is_main
where (select count(*) from branches) < 2;

-- What a measure came to over some days, from what it gained in them and before them; null where that
-- is not known. What a meter counts (is_metered) is known of days on which it was read; whatever else
-- goes into a log or a register is 0 from its first record on.
create macro amount_of(gained, gained_before, is_metered) as
case
    when gained is not null then gained
    when gained_before is not null and not is_metered then 0
end;
create macro stock_of(amount, gained_before) as coalesce(gained_before, 0) + amount;
-- What a log or a register of the whole library counts is known from the day of its first record on.
create view first_records as
select
    'loan' as record_kind,
    min(day) as day
from circulation_days
where loan_count > 0
union all
select
    'renewal' as record_kind,
    min(day) as day
from circulation_days
where renewal_count > 0
union all
select
    'event' as record_kind,
    min(held_on) as day
from events
union all
-- cards issued alone may come from a list of readers: only a log of more tells of cancellations
select
    'cancel' as record_kind,
    min(event_at)::date as day
from card_events
where event_kind != 'issue'
union all
select
    'feedback' as record_kind,
    min(received_on) as day
from feedback
union all
select
    'request' as record_kind,
    min(requested_on) as day
from requests;

-- The cards cancelled whose issue is on record, where they were issued: a cancellation of a card that
-- nobody saw issued is in neither part of a rate. A cancellation ends the issue before it.
create view cards_cancelled as
with

cancelled_readers as (
    select distinct reader_id
    from card_events
    where event_kind = 'cancel'
),

steps as (
    select
        card_events.event_kind,
        card_events.event_at,
        lag(card_events.event_kind) over of_reader as before_kind,
        lag(card_events.branch_code) over of_reader as issue_branch
    from card_events
    inner join cancelled_readers using (reader_id)
    where card_events.event_kind in ('issue', 'cancel')
    window of_reader as (
        partition by card_events.reader_id
        order by card_events.event_at asc, card_events.event_kind desc
    )
)

select
    event_at::date as day,
    issue_branch as branch_code
from steps
where event_kind = 'cancel' and before_kind = 'issue';

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
select
    'main' as scope,
    max(value) filter (where setting_code = 'population_served') as population_served
from settings
union all
select
    'network' as scope,
    max(value) filter (
        where setting_code = case
            when (select count(*) from branches) < 2 then 'population_served'
            else 'population_served_network'
        end
    ) as population_served
from settings;

-- The share of one count in another, as forms returned of those handed out: nothing grows into it over
-- the year.
create macro is_part(kind, per_code) as
kind = 'rate' and per_code not in ('holdings', 'population');

-- What questionnaires found, per day on which a wave closed, question and group: of the year so far, all
-- its waves pooled (wave_code null), and of each wave alone (wave_code its name). Few answers of one wave
-- must not decide a year. A wave with more answers than forms says nothing: it is left out of the pool and
-- counted (unsound_count); where there is no other, its counts stand there with the reason.
create view survey_answers as
with

waves as (
    select
        survey_code,
        closed_on,
        question_code,
        group_code,
        sum(distributed_count)::bigint as distributed_count,
        sum(returned_count)::bigint as returned_count,
        sum(valid_count)::bigint as valid_count,
        sum(satisfied_count)::bigint as satisfied_count,
        case
            when bool_or(satisfied_count > valid_count) then 'more_satisfied_than_answers'
            when bool_or(valid_count > returned_count or returned_count > distributed_count)
                then 'more_answers_than_forms'
        end as fault
    from surveys
    group by survey_code, closed_on, question_code, group_code
),

told as (
    select
        null as wave_code,
        survey_code,
        closed_on,
        question_code,
        group_code,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        fault
    from waves
    union all
    select
        survey_code as wave_code,
        survey_code,
        closed_on,
        question_code,
        group_code,
        distributed_count,
        returned_count,
        valid_count,
        satisfied_count,
        fault
    from waves
),

pooled as (
    select distinct
        wave_code,
        closed_on,
        question_code,
        group_code,
        min(survey_code) over so_far as survey_code,
        count(*) over so_far as wave_count,
        count(fault) over so_far as unsound_count,
        max(fault) over so_far as fault,
        sum(distributed_count) over so_far as all_distributed_count,
        sum(returned_count) over so_far as all_returned_count,
        sum(valid_count) over so_far as all_valid_count,
        sum(satisfied_count) over so_far as all_satisfied_count,
        sum(distributed_count) filter (where fault is null) over so_far as distributed_count,
        sum(returned_count) filter (where fault is null) over so_far as returned_count,
        sum(valid_count) filter (where fault is null) over so_far as valid_count,
        sum(satisfied_count) filter (where fault is null) over so_far as satisfied_count
    from told
    window so_far as (
        partition by wave_code, extract(year from closed_on), question_code, group_code
        -- waves of one day stand together
        order by closed_on range between unbounded preceding and current row
    )
),

weighed as (
    select
        *,
        -- a sound wave that nobody answered does not hide what is wrong with another
        fault is not null and coalesce(valid_count, 0) = 0 as is_all
    from pooled
),

shares as (
    select
        wave_code,
        closed_on,
        question_code,
        group_code,
        case when wave_count = 1 then survey_code end as survey_code,
        wave_count,
        unsound_count,
        case when is_all then all_distributed_count else distributed_count end::bigint
            as distributed_count,
        case when is_all then all_returned_count else returned_count end::bigint as returned_count,
        case when is_all then all_valid_count else valid_count end::bigint as valid_count,
        case when is_all then all_satisfied_count else satisfied_count end::bigint
            as satisfied_count,
        satisfied_count / nullif(valid_count, 0)::double as satisfied_share,
        case when is_all then fault when valid_count = 0 then 'no_answers' end as reason
    from weighed
)

select
    wave_code,
    closed_on,
    question_code,
    group_code,
    survey_code,
    wave_count,
    unsound_count,
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

-- Whether a reader is of age (18) on a day for certain. Of birth only the year is kept, so the year of
-- the eighteenth birthday does not count yet. Where it is not known, or a type says child, the type
-- decides: schools and universities have minors, so only the types of grown-ups do.
create macro is_of_age(birth_year, reader_type, day) as
coalesce(reader_type != 'child', true)
and coalesce(
    extract(year from day) - birth_year > 18,
    reader_type in ('adult', 'senior', 'master', 'doctor'),
    false
);
