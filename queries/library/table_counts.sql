-- table_counts: how many rows each table of source records holds.
--
-- grain:    one row per table
-- params:   none
-- columns:  table_name, row_count

select
    'annotations' as table_name,
    count(*) as row_count
from annotations
union all
select
    'branches' as table_name,
    count(*) as row_count
from branches
union all
select
    'card_events' as table_name,
    count(*) as row_count
from card_events
union all
select
    'counts' as table_name,
    count(*) as row_count
from counts
union all
select
    'digital_resources' as table_name,
    count(*) as row_count
from digital_resources
union all
select
    'digital_usage' as table_name,
    count(*) as row_count
from digital_usage
union all
select
    'events' as table_name,
    count(*) as row_count
from events
union all
select
    'feedback' as table_name,
    count(*) as row_count
from feedback
union all
select
    'holdings' as table_name,
    count(*) as row_count
from holdings
union all
select
    'inspections' as table_name,
    count(*) as row_count
from inspections
union all
select
    'items' as table_name,
    count(*) as row_count
from items
union all
select
    'load_rules' as table_name,
    count(*) as row_count
from load_rules
union all
select
    'loads' as table_name,
    count(*) as row_count
from loads
union all
select
    'loan_events' as table_name,
    count(*) as row_count
from loan_events
union all
select
    'milestone_states' as table_name,
    count(*) as row_count
from milestone_states
union all
select
    'opening_hours' as table_name,
    count(*) as row_count
from opening_hours
union all
select
    'plan_notes' as table_name,
    count(*) as row_count
from plan_notes
union all
select
    'readers' as table_name,
    count(*) as row_count
from readers
union all
select
    'requests' as table_name,
    count(*) as row_count
from requests
union all
select
    'settings' as table_name,
    count(*) as row_count
from settings
union all
select
    'surveys' as table_name,
    count(*) as row_count
from surveys
union all
select
    'visits' as table_name,
    count(*) as row_count
from visits
union all
select
    'volunteers' as table_name,
    count(*) as row_count
from volunteers
order by table_name
