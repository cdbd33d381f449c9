-- loan_events: every loan, renewal and return, in time order.
--
-- Where the library sets loans_include_renewals a renewal is a loan, too: what was out comes back and is lent
-- again. So everything that counts loans counts it, and the renewals stand beside as they always do.

insert into loan_events by name

with

lent as (
    select
        mended_loans.*,
        item_numbers.item_id
    from mended_loans
    left join item_numbers on mended_loans.item = item_numbers.item
),

moments as (
    select
        kind as event_kind,
        done_at as event_at,
        case
            when kind != 'loan' and not coalesce(was_out, false) then null
            -- below zero, so that no number of a source is met
            else -(coalesce(item_id, 4294967296) * 1048576 + loan_turn)
        end as loan_id,
        reader,
        item_id,
        branch,
        channel,
        due_on,
        1 as quantity,
        turn
    from logged_turns
    union all
    -- an item lent again was back before, though nobody recorded it
    select
        'return' as event_kind,
        done_at as event_at,
        -(item_id * 1048576 + loan_turn - 1) as loan_id,
        null as reader,
        item_id,
        null as branch,
        null as channel,
        null as due_on,
        0 as quantity,
        1 as turn
    from logged_turns
    where kind = 'loan' and was_out and (select frame.loan_without_return from frame) = 'closed'
    union all
    select
        case when is_renewal then 'renewal' else 'loan' end as event_kind,
        loaned_at as event_at,
        loan_id,
        reader,
        item_id,
        branch,
        channel,
        due_on,
        1 as quantity,
        2 as turn
    from lent
    union all
    select
        'renewal' as event_kind,
        renewed_at as event_at,
        loan_id,
        reader,
        item_id,
        branch,
        null as channel,
        due_on,
        renewal_count as quantity,
        3 as turn
    from lent
    where renewal_count > 0
    union all
    select
        'return' as event_kind,
        returned_at as event_at,
        loan_id,
        reader,
        item_id,
        return_branch as branch,
        null as channel,
        null as due_on,
        1 as quantity,
        4 as turn
    from lent
    where returned_at is not null
),

renewed as (
    select
        moments.*,
        -- below what a log gives its loans
        -(
            72057594037927936
            + row_number() over (order by moments.event_at, moments.loan_id, times.place)
        ) as lent_again_id
    from moments
    cross join lateral unnest(range(moments.quantity)) as times (place)
    where
        moments.event_kind = 'renewal'
        and exists (
            select 1 from settings
            where settings.setting_code = 'loans_include_renewals' and settings.value = 1
        )
),

counted as (
    select * from moments
    union all
    select
        kinds.event_kind,
        renewed.event_at,
        renewed.lent_again_id as loan_id,
        renewed.reader,
        renewed.item_id,
        renewed.branch,
        renewed.channel,
        renewed.due_on,
        kinds.quantity,
        renewed.turn
    from renewed
    -- the loan that was renewed keeps its return, so this one is back at once and counts none
    cross join (values ('loan', 1), ('return', 0)) as kinds (event_kind, quantity)
)

select
    moments.event_kind,
    moments.event_at,
    moments.loan_id,
    reader_numbers.reader_id,
    moments.item_id,
    coalesce(moments.branch, (select frame.default_branch from frame)) as branch_code,
    moments.channel as channel_code,
    moments.due_on as due_date,
    moments.quantity
from counted as moments
left join reader_numbers using (reader)
order by moments.event_at, moments.turn
