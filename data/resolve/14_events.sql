-- events: the register of events.

insert into events by name

select
    row_number() over (order by held_on, kind, title, branch) as event_id,
    kind as event_kind,
    title,
    held_on,
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    place_kind,
    attendance_count,
    speaker_rank,
    work_count,
    wall_metres,
    loan_count,
    -- a day to come is a plan, whatever the register says
    coalesce(is_held, true) and held_on <= current_date as is_held
from records.events
order by event_id
