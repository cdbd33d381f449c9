-- logged_turns: what a log tells about loans, each line with the turn of its item it belongs to.
--
-- What follows a loan of an item and comes before the next belongs to it. A renewal or a return
-- that no open loan precedes (the loan is older than the log, or the item was back already) stays
-- an event without a loan.

create or replace temp table logged_turns as

with

logged as (
    select
        log.kind,
        log.done_at,
        log.reader,
        log.item,
        item_numbers.item_id,
        log.branch,
        log.channel,
        log.due_on,
        case log.kind when 'return' then 1 when 'loan' then 2 else 3 end as turn
    from records.log
    left join item_numbers on log.item = item_numbers.item
    where log.kind in ('loan', 'renewal', 'return')
)

select
    *,
    case
        when item_id is not null
            then sum(case when kind = 'loan' then 1 else 0 end) over in_turn
        -- an item that nobody names cannot be followed: each loan is one of its own
        when kind = 'loan' then row_number() over in_turn
    end as loan_turn,
    -- whether the item was out, as far as the log tells
    case
        when item_id is not null
            then
                coalesce(
                    last_value(case when kind != 'renewal' then kind end ignore nulls) over (
                        partition by item_id
                        order by done_at, turn, reader, branch
                        rows between unbounded preceding and 1 preceding
                    ) = 'loan',
                    false
                )
    end as was_out
from logged
window in_turn as (
    partition by item_id
    order by done_at, turn, reader, branch
    rows between unbounded preceding and current row
)
