-- item_numbers: a small number for every item, and the last call number a loan of it gave.

create or replace temp table item_numbers as

with

sightings as (
    select
        item,
        call_number,
        loaned_at as seen_at
    from records.loans
    where item is not null
    union all
    select
        item,
        call_number,
        done_at as seen_at
    from records.log
    where item is not null
    union all
    select
        item,
        null as call_number,
        null as seen_at
    from records.items
),

items as (
    select
        item,
        -- of two call numbers at one moment the greater: any rule will do, if it is one
        max(row(seen_at, call_number)) filter (where call_number is not null)[2] as call_number
    from sightings
    group by item
),

given as (
    select coalesce(max(item), 0) as last_number
    from items
    where item < 9223372036854775808
)

select
    items.item,
    items.call_number,
    case
        when items.item >= 9223372036854775808
            then
                given.last_number::bigint
                + row_number() over (
                    partition by items.item >= 9223372036854775808 order by items.item
                )
        else items.item::bigint
    end as item_id
from items
cross join given
