-- card_days: cards issued, cancelled and ended on each day, by branch and channel.
--
-- A card ends once, by its cancellation or the day after it runs out, whichever comes first, and
-- it ends where it was issued; a cancellation is counted where it happened.

insert into card_days

with

steps as (
    select
        event_kind,
        event_at,
        reader_id,
        branch_code,
        channel_code,
        lead(event_kind) over of_reader as next_kind,
        lead(event_at) over of_reader as next_at
    from card_events
    where event_kind in ('issue', 'cancel')
    window of_reader as (
        partition by reader_id
        -- issued and cancelled in one moment: in that order
        order by event_at asc, event_kind desc
    )
),

cards as (
    select
        steps.event_at::date as issued_on,
        steps.branch_code,
        case when steps.next_kind = 'cancel' then steps.next_at::date end as cancelled_on,
        -- the date on the register is that of the reader's last card, and so far it is a plan
        case
            when
                coalesce(steps.next_kind != 'issue', true)
                and readers.card_expires_on < library.last_day
                -- a day before the issue is that of an earlier card
                and readers.card_expires_on >= steps.event_at::date
                then (readers.card_expires_on + interval 1 day)::date
        end as ran_out_on
    from steps
    cross join library
    left join readers using (reader_id)
    where steps.event_kind = 'issue'
),

changes as (
    select
        event_at::date as day,
        branch_code,
        channel_code,
        (event_kind = 'issue')::bigint as issued_count,
        (event_kind = 'cancel')::bigint as cancelled_count,
        0 as ended_count
    from steps
    union all
    select
        least(cancelled_on, ran_out_on) as day,
        branch_code,
        null as channel_code,
        0 as issued_count,
        0 as cancelled_count,
        1 as ended_count
    from cards
    where least(cancelled_on, ran_out_on) is not null
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
