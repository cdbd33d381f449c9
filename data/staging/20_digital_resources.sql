-- digital_resources: readings of what is stored.

insert into digital_resources by name

select
    resource_name,
    counted_on,
    storage_tb,
    written_at as stated_at
from records.digital_resources
order by resource_name, counted_on
