-- multiply: the simulated library many times over, in the years 2015 to 2019.
--
-- Expects the simulated library attached as `source` and a table `copies` (copy, shift, kept): a
-- library `copy` with readers and items of its own, moved back `shift` times 52 weeks so that
-- weekdays stay what they are, with `kept` of every 1000 loans. Lending grows by an eighth a year.
-- Half of the readers stay from the first year to the last; the other half are new each year.

create temp table spans as
select
    max(reader_id) as readers,
    (select max(item_id) from source.items) as items,
    (select max(loan_id) from source.loans) as loans
from source.readers;

insert into branches
from source.branches;

insert into settings
from source.settings;

insert into events
from source.events;

insert into surveys
from source.surveys;

insert into feedback
from source.feedback;

insert into requests
from source.requests;

insert into digital_resources
from source.digital_resources;

insert into counts
from source.counts;

insert into milestone_states
from source.milestone_states;

insert into readers by name
select
    readers.* replace (
        readers.reader_id + (copies.copy * 5 + copies.shift) * spans.readers as reader_id,
        case
            when readers.reader_id % 2 = 0 then readers.card_expires_on
            else readers.card_expires_on - (copies.shift * 364)::integer
        end as card_expires_on
    )
from source.readers
cross join copies
cross join spans
where copies.shift = 4 or readers.reader_id % 2 = 1;

insert into card_events by name
select
    card_events.* replace (
        card_events.reader_id + (copies.copy * 5 + copies.shift) * spans.readers as reader_id,
        card_events.event_at - to_days((copies.shift * 364)::integer) as event_at
    )
from source.card_events
cross join copies
cross join spans
where copies.shift = 4 or card_events.reader_id % 2 = 1
order by event_at;

insert into items by name
select items.* replace (items.item_id + copies.copy * spans.items as item_id)
from source.items
cross join copies
cross join spans
where copies.shift = 0;

insert into loan_events by name
with

-- the last twelve months of the source; what was still out then comes back in the years before
chosen as (
    select
        loans.loan_id,
        copies.copy,
        copies.shift
    from source.loans
    cross join copies
    where
        loans.loaned_at >= timestamp '2018-10-01'
        and loans.loaned_at - to_days((copies.shift * 364)::integer) >= timestamp '2015-01-01'
        and (copies.shift = 0 or loans.returned_at is not null)
        and (loans.loan_id // 1000) % 8 < 8 - copies.shift
        -- each copy keeps other loans, so that its readers are not those of the next
        and (loans.loan_id + copies.copy * 7919) % 1000 < copies.kept
)

select
    loan_events.* replace (
        loan_events.event_at - to_days((chosen.shift * 364)::integer) as event_at,
        loan_events.due_date - (chosen.shift * 364)::integer as due_date,
        chosen.loan_id + (chosen.copy * 5 + chosen.shift) * spans.loans as loan_id,
        loan_events.item_id + chosen.copy * spans.items as item_id,
        loan_events.reader_id
        + (
            chosen.copy * 5
            + case when loan_events.reader_id % 2 = 0 then 4 else chosen.shift end
        ) * spans.readers as reader_id
    )
from chosen
inner join source.loan_events using (loan_id)
cross join spans
order by event_at;

insert into visits by name
select visits.* replace (
    visits.day - (copies.shift * 364)::integer as day,
    visits.visit_count * (select count(distinct copy) from copies) as visit_count
)
from source.visits
cross join copies
where copies.copy = 0 and visits.day >= date '2018-10-01'
order by day;

insert into opening_hours by name
select opening_hours.* replace (opening_hours.day - (copies.shift * 364)::integer as day)
from source.opening_hours
cross join copies
where
    copies.copy = 0
    and opening_hours.day >= date '2018-10-01'
    and (copies.shift = 0 or opening_hours.day < date '2018-10-01' + 364)
order by day;

insert into holdings by name
select holdings.* replace (
    last_day(holdings.month_end - to_years(copies.shift::integer)) as month_end,
    holdings.item_count * (select count(distinct copy) from copies) as item_count,
    holdings.loanable_count * (select count(distinct copy) from copies) as loanable_count,
    holdings.children_count * (select count(distinct copy) from copies) as children_count
)
from source.holdings
cross join copies
where copies.copy = 0 and holdings.month_end >= date '2018-10-01'
order by month_end;
