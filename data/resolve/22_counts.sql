-- counts: typed in or taken from another report.

insert into counts by name

select
    count_code,
    counted_on,
    amount
from records.counts
order by count_code, counted_on
