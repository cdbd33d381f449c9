-- digital_usage: uses of a resource in a month, from rows a month or from a column a month. Of two
-- reports on one month the one written later holds; of several kinds of report on a platform, which
-- say the same uses over again, the widest: platforms, databases, titles, items, each before its views.

insert into digital_usage by name

with

columns_of as (
    select
        report,
        resource_name,
        title,
        metric,
        written_at,
        written_line,
        unnest(string_split(by_month, '|')) as pair
    from records.digital_usage
    where by_month is not null
),

uses as (
    select
        report,
        resource_name,
        title,
        metric,
        month,
        usage_count,
        written_at,
        written_line
    from records.digital_usage
    where by_month is null and month is not null
    union all
    select
        report,
        resource_name,
        title,
        metric,
        read_month(string_split(pair, '=')[1]) as month,
        read_count(string_split(pair, '=')[2]) as usage_count,
        written_at,
        written_line
    from columns_of
),

latest as (
    select *
    from uses
    qualify
        row_number() over (
            partition by report, resource_name, title, metric, month
            order by written_at desc, written_line asc, usage_count desc
        ) = 1
),

reports as (
    select
        report,
        resource_name,
        metric,
        month,
        sum(usage_count) as usage_count,
        case left(report, 2)
            when 'PR' then 1
            when 'DR' then 2
            when 'TR' then 3
            when 'IR' then 4
            else 0
        end as level,
        coalesce(length(report) > 2, false) as is_view
    from latest
    group by report, resource_name, metric, month
),

-- views of books and of journals are parts of one whole, the several views of journals are not
ranked as (
    select
        *,
        dense_rank() over (
            partition by resource_name, metric, month
            order by level, is_view
        ) as level_rank,
        row_number() over (
            partition by resource_name, metric, month, left(report, 4)
            order by report
        ) as view_rank
    from reports
)

select
    resource_name,
    metric as metric_code,
    month as month_end,
    sum(usage_count) as usage_count
from ranked
where level_rank = 1 and view_rank = 1
group by resource_name, metric, month
order by resource_name, metric, month
