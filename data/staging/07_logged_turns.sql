-- logged_turns: what a log tells about loans, each line with the turn of its item it belongs to.
--
-- What follows a loan of an item and comes before the next belongs to it. A renewal or a return
-- that no open loan precedes (the loan is older than the log, or the item was back already) stays
-- an event without a loan.
--
-- At one moment, which may be a day, a return comes before the loan if the item was out, and after
-- it if not. Only items of which one moment tells both are looked at twice, so that all others
-- are sorted once.

create or replace temp table logged_turns as

with

-- items that a moment tells both a loan and a return of
entangled as (
    select distinct loans.item
    from records.log as loans
    inner join records.log as returns
        on loans.item = returns.item and loans.done_at = returns.done_at
    where loans.kind = 'loan' and returns.kind = 'return'
),

moments as (
    select
        item,
        done_at,
        count(*) filter (where kind = 'loan') as loan_count,
        count(*) filter (where kind = 'return') as return_count
    from records.log
    where kind in ('loan', 'return') and item in (select entangled.item from entangled)
    group by item, done_at
),

-- as many loans as returns leave an item where it was, whether in or out
states as (
    select
        *,
        coalesce(
            last_value(
                case when loan_count != return_count then loan_count > return_count end ignore nulls
            ) over (
                partition by item
                order by done_at
                rows between unbounded preceding and 1 preceding
            ),
            false
        ) as is_out
    from moments
),

mixed as (
    select *
    from states
    where loan_count > 0 and return_count > 0
),

-- the first return and the first loan of a moment, then the second ones
rounds as (
    select
        log.rowid as line_id,
        row_number() over (
            partition by log.item, log.done_at, log.kind
            order by log.reader, log.branch
        ) as round
    from records.log
    inner join mixed on log.item = mixed.item and log.done_at = mixed.done_at
    where log.kind in ('loan', 'return') and mixed.loan_count + mixed.return_count > 2
),

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
        4 * coalesce(rounds.round, 1)
        + case
            when log.kind = 'loan' then 2
            when log.kind = 'renewal' then 3
            when mixed.is_out then 1
            else 4
        end as turn
    from records.log
    left join item_numbers on log.item = item_numbers.item
    left join mixed on log.item = mixed.item and log.done_at = mixed.done_at
    left join rounds on log.rowid = rounds.line_id
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
