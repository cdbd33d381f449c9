-- circulation_days: the events of each day, by branch and channel.

insert into circulation_days

select
    event_at::date as day,
    branch_code,
    channel_code,
    coalesce(sum(quantity) filter (where event_kind = 'loan'), 0) as loan_count,
    coalesce(sum(quantity) filter (where event_kind = 'renewal'), 0) as renewal_count,
    coalesce(sum(quantity) filter (where event_kind = 'return'), 0) as return_count
from loan_events
group by event_at::date, branch_code, channel_code
order by day, branch_code, channel_code
