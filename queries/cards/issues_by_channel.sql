-- issues_by_channel: cards issued in each month through each channel.
--
-- grain:    one row per month and channel with a card issued
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  month, channel_code, channel_name_zh, channel_name_en, issued_count

with

issues as (
    select
        date_trunc('month', day)::date as month,
        coalesce(channel_code, 'unknown') as channel_code,
        sum(issued_count)::bigint as issued_count
    from card_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by date_trunc('month', day)::date, coalesce(channel_code, 'unknown')
)

select
    issues.month,
    issues.channel_code,
    coalesce(codes.name_zh, issues.channel_code) as channel_name_zh,
    coalesce(codes.name_en, issues.channel_code) as channel_name_en,
    issues.issued_count
from issues
left join codes on issues.channel_code = codes.code and codes.list = 'channel'
where issues.issued_count > 0
order by issues.month, issues.channel_code
