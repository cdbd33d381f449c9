-- counts: typed in or taken from another report.

insert into counts by name

select
    count_code,
    counted_on,
    amount,
    written_at as stated_at
from records.counts
order by count_code, counted_on
