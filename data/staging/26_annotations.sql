-- annotations: what charts over time should say; without a branch it concerns the whole network.

insert into annotations by name

select
    kind as annotation_kind,
    title,
    first_day,
    last_day,
    branch as branch_code,
    written_at as stated_at
from records.annotations
order by first_day, title, annotation_kind
