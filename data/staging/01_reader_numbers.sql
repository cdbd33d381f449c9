-- reader_numbers: a small number for every reader. A number that the source gave stays what it was;
-- a digest of a card number gets its place among the digests.

create or replace temp table reader_numbers as

with

readers as (
    select reader from records.loans
    union
    select reader from records.log
    union
    select reader from records.readers
    union
    select reader from records.card_events
),

halves as (
    select
        reader,
        reader >= 9223372036854775808 as is_digest
    from readers
    where reader is not null
),

given as (
    select coalesce(max(reader), 0) as last_number
    from halves
    where not is_digest
)

select
    halves.reader,
    case
        when halves.is_digest
            then
                given.last_number::bigint
                + row_number() over (partition by halves.is_digest order by halves.reader)
        else halves.reader::bigint
    end as reader_id
from halves
cross join given
