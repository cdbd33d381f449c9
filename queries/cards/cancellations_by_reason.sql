-- cancellations_by_reason: cards cancelled for each reason, normal, abnormal or unknown.
--
-- Both numbers are null as long as nothing but issues of cards is on record.
--
-- grain:    one row per reason of cancel_reasons.csv, given or not
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  reason_code, kind, card_count, card_share

with

cancellations as (
    select
        coalesce(cancel_reasons.reason_code, 'unknown') as reason_code,
        count(*) as card_count
    from card_events
    left join cancel_reasons using (reason_code)
    where
        card_events.event_kind = 'cancel'
        and card_events.event_at >= $start_date::date
        and card_events.event_at < $end_date::date
        and (
            $branches::varchar[] is null
            or list_contains($branches::varchar[], card_events.branch_code)
        )
    group by coalesce(cancel_reasons.reason_code, 'unknown')
)

select
    cancel_reasons.reason_code,
    cancel_reasons.kind,
    case when first_records.day < $end_date::date then coalesce(cancellations.card_count, 0) end
        as card_count,
    coalesce(cancellations.card_count, 0)
    / nullif(sum(cancellations.card_count) over (), 0)::double as card_share
from cancel_reasons
left join cancellations using (reason_code)
inner join first_records on first_records.record_kind = 'cancel'
order by card_count desc nulls last, cancel_reasons.reason_code asc
