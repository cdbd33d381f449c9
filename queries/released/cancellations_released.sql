-- cancellations_released: cards cancelled in the year up to its last closed quarter, by reason.
--
-- What may leave the desk: always the whole network and whole quarters, whatever anybody chooses. The
-- rows of people by kind go through guanqing/disclosure, which hides what is small and what would
-- give it away, and leaves a quarter that was released once as it was then.
--
-- grain:    one row per closed quarter, dimension (all, kind, reason_code) and group
-- params:   $as_of       day up to which quarters are closed
-- released: below 5
-- columns:  quarter, dimension, group_code, person_count

with

closed as (
    -- as far as there are records: a quarter is released once, so not before it is whole
    select
        date_trunc(
            'quarter', least($as_of::date, (select max(last_day) from library)) + interval 1 day
        )::date as end_date
),

days as (
    select
        date_trunc('year', end_date - interval 1 day)::date as start_date,
        end_date
    from closed
)

select
    extract(year from card_events.event_at)::integer as year,
    extract(quarter from card_events.event_at)::integer as quarter,
    coalesce(cancel_reasons.kind, 'unknown') as kind,
    coalesce(cancel_reasons.reason_code, 'unknown') as reason_code,
    count(*) as person_count
from card_events
inner join days on card_events.event_at >= days.start_date and card_events.event_at < days.end_date
left join cancel_reasons using (reason_code)
where card_events.event_kind = 'cancel'
group by
    extract(year from card_events.event_at)::integer,
    extract(quarter from card_events.event_at)::integer,
    coalesce(cancel_reasons.kind, 'unknown'),
    coalesce(cancel_reasons.reason_code, 'unknown')
order by year, quarter, kind, reason_code
