-- names: what leads from a reader to a person, in the file that only some may open.

insert into names.names by name

select
    reader_numbers.reader_id,
    readers.reader_name,
    readers.reader_card as card_number
from records.readers
inner join reader_numbers using (reader)
where readers.reader_name is not null
order by reader_numbers.reader_id
