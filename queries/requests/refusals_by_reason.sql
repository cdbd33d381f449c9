-- refusals_by_reason: requests for documents that were not supplied, by the reason.
--
-- refusal_rate is of request_count, all requests of the period; both are null, and so is refusal_count, where
-- nobody wrote requests down by then.
--
-- grain:    one row per reason of data/codes.csv, given or not
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  reason_code, reason_name_zh, reason_name_en, refusal_count, refusal_rate, request_count

with

asked as (
    select
        is_supplied,
        refusal_reason
    from requests
    where
        requested_on >= $start_date::date
        and requested_on < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
),

reasons as (
    select
        code as reason_code,
        name_zh,
        name_en
    from codes
    where list = 'refusal_reason'
),

refused as (
    select
        coalesce(reasons.reason_code, 'unknown') as reason_code,
        count(*) as refusal_count
    from asked
    left join reasons on asked.refusal_reason = reasons.reason_code
    where not asked.is_supplied
    group by coalesce(reasons.reason_code, 'unknown')
),

whole as (
    select count(*) as request_count
    from asked
)

select
    reasons.reason_code,
    reasons.name_zh as reason_name_zh,
    reasons.name_en as reason_name_en,
    case when first_records.day < $end_date::date then coalesce(refused.refusal_count, 0) end
        as refusal_count,
    rate_of(coalesce(refused.refusal_count, 0), whole.request_count) as refusal_rate,
    case when first_records.day < $end_date::date then whole.request_count end as request_count
from reasons
left join refused using (reason_code)
cross join whole
inner join first_records on first_records.record_kind = 'request'
order by refusal_count desc nulls last, reasons.reason_code asc
