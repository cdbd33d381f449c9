-- loans: one row per loan event, with the return and the renewals of the same loan.

insert into loans

with

returns as (
    select
        loan_id,
        min(event_at) as returned_at
    from loan_events
    where event_kind = 'return'
    group by loan_id
),

renewals as (
    select
        loan_id,
        sum(quantity) as renewal_count,
        max(due_date) as due_date
    from loan_events
    where event_kind = 'renewal'
    group by loan_id
)

select
    loan_events.loan_id,
    loan_events.reader_id,
    loan_events.item_id,
    -- an item that has since been deleted leaves its loan, in class unknown
    coalesce(items.class_code, 'unknown') as class_code,
    loan_events.branch_code,
    loan_events.channel_code,
    loan_events.event_at as loaned_at,
    coalesce(renewals.due_date, loan_events.due_date) as due_date,
    returns.returned_at,
    coalesce(renewals.renewal_count, 0) as renewal_count
from loan_events
left join returns using (loan_id)
left join renewals using (loan_id)
left join items using (item_id)
where loan_events.event_kind = 'loan'
order by loaned_at, loan_id
