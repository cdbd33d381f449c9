-- events_listed: every event of the period, and where it runs up to $as_of, what is announced after.
--
-- state   held; scheduled: it lies after $as_of; not_marked: it lies before, and nobody has marked it
--         as held. What is announced goes on to the end of the year of $as_of.
-- clause  of a held event the plan asks something of: met, not_met; unknown: the register lacks the
--         field, and missing_field names it. Null: nothing is asked, or the event is not held.
--
-- grain:    one row per event
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       day that parts what was held from what is scheduled
-- columns:  event_kind, kind_name_zh, kind_name_en, title, held_on, branch_name_zh, branch_name_en, attendance_count, state, clause, missing_field

with

verdicts as (
    select
        event_kind,
        title,
        held_on,
        branch_code,
        case
            when bool_or(not meets_clause) then 'not_met'
            when bool_or(missing_field is not null) then 'unknown'
            else 'met'
        end as clause,
        min(missing_field) as missing_field
    from target_events
    where has_clause
    group by event_kind, title, held_on, branch_code
),

listed as (
    select
        event_kind,
        title,
        held_on,
        branch_code,
        attendance_count,
        case
            when held_on > $as_of::date then 'scheduled'
            when is_held then 'held'
            else 'not_marked'
        end as state
    from events
    where
        held_on >= $start_date::date
        and (
            held_on < $end_date::date
            or (
                $end_date::date > $as_of::date
                and held_on <= make_date(extract(year from $as_of::date), 12, 31)
            )
        )
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    listed.event_kind,
    coalesce(codes.name_zh, listed.event_kind) as kind_name_zh,
    coalesce(codes.name_en, listed.event_kind) as kind_name_en,
    listed.title,
    listed.held_on,
    coalesce(branches.name_zh, listed.branch_code) as branch_name_zh,
    coalesce(branches.name_en, listed.branch_code) as branch_name_en,
    case when listed.state = 'held' then listed.attendance_count end as attendance_count,
    listed.state,
    case when listed.state = 'held' then verdicts.clause end as clause,
    case when listed.state = 'held' then verdicts.missing_field end as missing_field
from listed
left join codes on listed.event_kind = codes.code and codes.list = 'event_kind'
left join branches on listed.branch_code = branches.branch_code
left join verdicts
    on
        listed.event_kind = verdicts.event_kind
        and listed.title = verdicts.title
        and listed.held_on = verdicts.held_on
        and listed.branch_code is not distinct from verdicts.branch_code
order by listed.held_on, listed.event_kind, listed.title, listed.branch_code
