-- card_events: from the log, from a register of cards, and from the dates a list of readers gives.

insert into card_events by name

with

told as (
    select
        kind,
        done_at,
        reader,
        branch,
        channel,
        reason
    from records.log
    where kind not in ('loan', 'renewal', 'return') and reader is not null
    union
    select
        kind,
        done_at,
        reader,
        branch,
        channel,
        reason
    from records.card_events
),

dated as (
    select
        'issue' as kind,
        issued_at as done_at,
        reader,
        home_branch as branch,
        null as channel,
        null as reason
    from records.readers as readers
    where
        issued_at is not null
        and not coalesce(expires_on < cast(issued_at as date), false)
        and not exists (
            select 1 from told
            where told.kind = 'issue' and told.reader = readers.reader
        )
    union all
    select
        'cancel' as kind,
        cancelled_at as done_at,
        reader,
        home_branch as branch,
        null as channel,
        cancel_reason as reason
    from records.readers as readers
    where
        cancelled_at is not null
        and not exists (
            select 1 from told
            where told.kind = 'cancel' and told.reader = readers.reader
        )
)

select
    moments.kind as event_kind,
    moments.done_at as event_at,
    reader_numbers.reader_id,
    coalesce(moments.branch, (select frame.default_branch from frame)) as branch_code,
    moments.channel as channel_code,
    moments.reason as reason_code
from (
    select * from told
    union all
    select * from dated
) as moments
inner join reader_numbers using (reader)
-- the log and the register may both tell of one event
qualify
    row_number() over (
        partition by moments.kind, moments.done_at, moments.reader
        order by moments.reason nulls last, moments.channel nulls last, moments.branch nulls last
    ) = 1
order by moments.done_at, reader_numbers.reader_id, moments.kind
