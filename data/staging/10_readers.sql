-- readers: those a list of readers names. A reader known from loans alone gets no row: the loan
-- keeps the number and counts as a borrower, while a row of nulls would pass for a card holder.

insert into readers by name

select
    reader_numbers.reader_id,
    readers.masked_name,
    readers.reader_type,
    readers.sex,
    case
        when readers.reader not in (select impossible_births.reader from impossible_births)
            then extract(year from readers.born_on)
    end as birth_year,
    coalesce(readers.home_branch, (select frame.default_branch from frame)) as home_branch,
    readers.unit,
    -- one of the two days is wrong, and nobody knows which
    case
        when not coalesce(readers.expires_on < cast(readers.issued_at as date), false)
            then readers.expires_on
    end as card_expires_on,
    readers.may_be_named
from records.readers
inner join reader_numbers using (reader)
order by reader_numbers.reader_id
