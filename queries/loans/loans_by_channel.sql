-- loans_by_channel: loans through each channel.
--
-- grain:    one row per channel with a loan
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  channel_code, channel_name_zh, channel_name_en, loan_count, loan_share

with

channels as (
    select
        coalesce(channel_code, 'unknown') as channel_code,
        sum(loan_count)::bigint as loan_count
    from circulation_days
    where
        day >= $start_date::date
        and day < $end_date::date
        and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
    group by coalesce(channel_code, 'unknown')
)

select
    channels.channel_code,
    coalesce(codes.name_zh, channels.channel_code) as channel_name_zh,
    coalesce(codes.name_en, channels.channel_code) as channel_name_en,
    channels.loan_count,
    channels.loan_count / sum(channels.loan_count) over ()::double as loan_share
from channels
left join codes on channels.channel_code = codes.code and codes.list = 'channel'
where channels.loan_count > 0
order by channels.loan_count desc, channels.channel_code asc
