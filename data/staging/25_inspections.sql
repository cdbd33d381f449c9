-- inspections: of reading points.

insert into inspections by name

select
    point,
    inspected_on,
    finding,
    rectify_by,
    rectified_on,
    withdrawn_on,
    written_at as stated_at
from records.inspections
order by inspected_on, point
