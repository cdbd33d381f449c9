-- feedback_handled: cases received in the period and what had become of them by $as_of.
--
-- case_count is null of days before the first case of the register.
--
-- A case is answered in time if no more than the days of the setting feedback_answer_days lie between;
-- open, it is overdue once they have gone. Where nobody has set a term, in_time_count, late_count,
-- overdue_count and in_time_share are null. in_time_share is of judged_count, the cases answered or past
-- their term; those whose term still runs are left out.
-- What readers said of the outcome, and how long it took, is of the cases answered in the period,
-- whenever they came in; the interval is Wilson's, 95 %. least_share and most_share are of all of them, had
-- nobody been satisfied who did not say, or everybody; null where nobody said anything.
--
-- grain:    one row
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       day at which a case is open or answered
-- columns:  case_count, term_days, in_time_count, late_count, open_count, overdue_count, judged_count, in_time_share, answered_count, median_days, rated_count, satisfied_count, satisfied_share, lower_share, upper_share, least_share, most_share

with

terms as (
    select max(value) as term_days
    from settings
    where setting_code = 'feedback_answer_days'
),

cases as (
    select
        feedback.received_on,
        feedback.is_satisfied,
        terms.term_days,
        case when feedback.answered_on <= $as_of::date then feedback.answered_on end as answered_on
    from feedback
    cross join terms
    where
        feedback.received_on <= $as_of::date
        and (
            $branches::varchar[] is null
            or list_contains($branches::varchar[], feedback.branch_code)
        )
),

received as (
    select
        count(*) as case_count,
        count(*) filter (where answered_on is null) as open_count,
        count(*) filter (where date_diff('day', received_on, answered_on) <= term_days)
            as in_time_count,
        count(*) filter (where date_diff('day', received_on, answered_on) > term_days)
            as late_count,
        count(*) filter (
            where answered_on is null
            and date_diff('day', received_on, $as_of::date) > term_days
        ) as overdue_count
    from cases
    where received_on >= $start_date::date and received_on < $end_date::date
),

answered as (
    select
        count(*) as answered_count,
        median(date_diff('day', received_on, answered_on))::double as median_days,
        count(is_satisfied) as rated_count,
        count(*) filter (where is_satisfied) as satisfied_count
    from cases
    where answered_on >= $start_date::date and answered_on < $end_date::date
),

judged as (
    select
        case_count,
        open_count,
        in_time_count,
        late_count,
        overdue_count,
        in_time_count + late_count + overdue_count as judged_count
    from received
),

shares as (
    select
        answered_count,
        median_days,
        rated_count,
        satisfied_count,
        satisfied_count / nullif(rated_count, 0)::double as share
    from answered
)

select
    case when first_records.day < $end_date::date then judged.case_count end as case_count,
    terms.term_days,
    case when terms.term_days is not null then judged.in_time_count end as in_time_count,
    case when terms.term_days is not null then judged.late_count end as late_count,
    judged.open_count,
    case when terms.term_days is not null then judged.overdue_count end as overdue_count,
    case when terms.term_days is not null then judged.judged_count end as judged_count,
    case
        when terms.term_days is not null
            then judged.in_time_count / nullif(judged.judged_count, 0)::double
    end as in_time_share,
    shares.answered_count,
    shares.median_days,
    shares.rated_count,
    shares.satisfied_count,
    shares.share as satisfied_share,
    wilson_lower(shares.share, shares.rated_count) as lower_share,
    wilson_upper(shares.share, shares.rated_count) as upper_share,
    case
        when shares.rated_count > 0
            then shares.satisfied_count / shares.answered_count::double
    end as least_share,
    case
        when shares.rated_count > 0
            then
                (shares.satisfied_count + shares.answered_count - shares.rated_count)
                / shares.answered_count::double
    end as most_share
from judged
cross join shares
cross join terms
inner join first_records on first_records.record_kind = 'feedback'
