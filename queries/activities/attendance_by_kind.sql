-- attendance_by_kind: how many came to the events held, by kind, and to the one in the middle.
--
-- An event at which nobody counted is no event without visitors: it is in uncounted_count, not in
-- counted_count, and in no total and no median.
--
-- grain:    one row per kind with an event held in the period
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       last day on which an event can have been held
-- columns:  event_kind, kind_name_zh, kind_name_en, event_count, counted_count, uncounted_count, attendance_count, median_attendance

with

held as (
    select
        event_kind,
        attendance_count
    from events
    where
        is_held
        and held_on >= $start_date::date
        and held_on < $end_date::date
        and held_on <= $as_of::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
)

select
    held.event_kind,
    coalesce(codes.name_zh, held.event_kind) as kind_name_zh,
    coalesce(codes.name_en, held.event_kind) as kind_name_en,
    count(*) as event_count,
    count(held.attendance_count) as counted_count,
    count(*) filter (where held.attendance_count is null) as uncounted_count,
    sum(held.attendance_count)::bigint as attendance_count,
    median(held.attendance_count)::double as median_attendance
from held
left join codes on held.event_kind = codes.code and codes.list = 'event_kind'
group by held.event_kind, codes.name_zh, codes.name_en
order by event_count desc, held.event_kind asc
