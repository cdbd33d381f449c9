-- events: the register of events.

insert into events by name

select
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
    coalesce(is_held, true) and held_on <= current_date as is_held,
    written_at as stated_at
from records.events
order by held_on, event_kind, title, branch_code
