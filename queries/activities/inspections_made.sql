-- inspections_made: reading points inspected in the period, and what became of what was found.
--
-- state  sound: nothing was found; withdrawn: the point was given up by $as_of; in_time, late: put right
--        by its term or after it; overdue: not put right and the term is over; running: it is not;
--        done, open: where no term was set
--
-- grain:    one row per inspection
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $as_of       day up to which things were put right
-- columns:  point, inspected_on, finding, rectify_by, rectified_on, withdrawn_on, state, overdue_days

with

inspected as (
    select
        point,
        inspected_on,
        finding,
        rectify_by,
        case when rectified_on <= $as_of::date then rectified_on end as rectified_on,
        case when withdrawn_on <= $as_of::date then withdrawn_on end as withdrawn_on
    from inspections
    where inspected_on >= $start_date::date and inspected_on < $end_date::date
),

judged as (
    select
        point,
        inspected_on,
        finding,
        rectify_by,
        rectified_on,
        withdrawn_on,
        case
            when withdrawn_on is not null then 'withdrawn'
            when finding is null then 'sound'
            when rectified_on <= rectify_by then 'in_time'
            when rectified_on > rectify_by then 'late'
            when rectified_on is not null then 'done'
            when rectify_by < $as_of::date then 'overdue'
            when rectify_by >= $as_of::date then 'running'
            else 'open'
        end as state
    from inspected
)

select
    point,
    inspected_on,
    finding,
    rectify_by,
    rectified_on,
    withdrawn_on,
    state,
    case when state = 'overdue' then date_diff('day', rectify_by, $as_of::date) end
        as overdue_days
from judged
order by
    case state
        when 'overdue' then 1
        when 'open' then 2
        when 'running' then 3
        when 'late' then 4
        when 'withdrawn' then 5
        when 'in_time' then 6
        when 'done' then 6
        else 7
    end,
    inspected_on,
    point
