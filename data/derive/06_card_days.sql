-- card_days: cards issued, cancelled and ended on each day, by branch and channel.

insert into card_days

with

cancellations as (
    select
        reader_id,
        min(event_at)::date as cancelled_on
    from card_events
    where event_kind = 'cancel'
    group by reader_id
),

issued_readers as (
    select distinct reader_id
    from card_events
    where event_kind = 'issue'
),

changes as (
    select
        event_at::date as day,
        branch_code,
        channel_code,
        (event_kind = 'issue')::bigint as issued_count,
        (event_kind = 'cancel')::bigint as cancelled_count,
        (event_kind = 'cancel')::bigint as ended_count
    from card_events
    where event_kind in ('issue', 'cancel')
    union all
    -- a card that runs out ends on the day after its last, unless it was cancelled before
    select
        (readers.card_expires_on + interval 1 day)::date as day,
        readers.home_branch as branch_code,
        null as channel_code,
        0 as issued_count,
        0 as cancelled_count,
        1 as ended_count
    from readers
    inner join issued_readers using (reader_id)
    left join cancellations using (reader_id)
    cross join library
    where
        readers.card_expires_on < library.last_day
        and coalesce(cancellations.cancelled_on > readers.card_expires_on, true)
)

select
    day,
    branch_code,
    channel_code,
    sum(issued_count) as issued_count,
    sum(cancelled_count) as cancelled_count,
    sum(ended_count) as ended_count
from changes
group by day, branch_code, channel_code
order by day, branch_code, channel_code
