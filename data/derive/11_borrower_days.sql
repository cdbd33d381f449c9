-- borrower_days: borrowers of each day by the day they borrowed before, in the whole network.

insert into borrower_days

select
    day,
    previous_day,
    count(*) as borrower_count
from reader_days
-- a second branch on the same day is the same borrower
where coalesce(previous_day < day, true)
group by day, previous_day
order by day, previous_day
