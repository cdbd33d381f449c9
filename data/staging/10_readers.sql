-- readers: those a list of readers names. A reader known from loans alone gets no row: the loan
-- keeps the number and counts as a borrower, while a row of nulls would pass for a card holder.

insert into readers by name

select
    reader_numbers.reader_id,
    left(readers.reader_name, 1) || '**' as masked_name,
    readers.reader_type,
    readers.sex,
    extract(year from readers.born_on) as birth_year,
    coalesce(readers.home_branch, (select frame.default_branch from frame)) as home_branch,
    readers.unit,
    readers.expires_on as card_expires_on
from records.readers
inner join reader_numbers using (reader)
order by reader_numbers.reader_id
