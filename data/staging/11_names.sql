-- names: what leads from a reader to a person, sealed, in a file of its own.

insert into names.names by name

select
    reader_numbers.reader_id,
    readers.sealed
from records.readers
inner join reader_numbers using (reader)
where readers.sealed is not null
order by reader_numbers.reader_id
