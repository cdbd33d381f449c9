-- data_end: the last moment the sources speak of. A renewal's counts only with a time of day and up
-- to the load, for systems print due dates in its place.

create or replace temp table data_end as

select
    greatest(
        max(loaned_at),
        max(returned_at),
        max(renewed_at) filter (
            where renewed_at != date_trunc('day', renewed_at)
            and renewed_at < current_date + interval 2 day
        )
    ) as last_at
from records.loans
