-- measure_days: what each measure of the plan gained on each day, by branch where that can be told.
--
-- A total is the sum of its days; a rate divides two of them. Whose they are is said in scope_days.

insert into measure_days

with

gains as (
    select
        'loan_count' as measure_code,
        day,
        branch_code,
        loan_count as amount
    from circulation_days
    union all
    -- a loan whose channel nobody recorded says nothing of machines
    select
        'self_service_loan_count' as measure_code,
        day,
        branch_code,
        case when channel_code = 'self_service' then loan_count else 0 end as amount
    from circulation_days
    where channel_code is not null and loan_count > 0
    union all
    select
        'visit_count' as measure_code,
        day,
        branch_code,
        visit_count as amount
    from visits
    union all
    select
        'card_holder_count' as measure_code,
        day,
        branch_code,
        issued_count - ended_count as amount
    from card_days
    union all
    -- several intervals on one day are still one day open
    select distinct
        'open_day_count' as measure_code,
        day,
        branch_code,
        1 as amount
    from opening_hours
    union all
    select
        event_kind || '_count' as measure_code,
        held_on as day,
        branch_code,
        1 as amount
    from events
    where is_held
    union all
    select
        'mobile_loan_count' as measure_code,
        held_on as day,
        branch_code,
        loan_count as amount
    from events
    where is_held and event_kind = 'mobile_trip' and loan_count is not null
    union all
    select
        'survey_distributed_count' as measure_code,
        closed_on as day,
        null as branch_code,
        distributed_count as amount
    from surveys
    where question_code = 'overall' and group_code = 'all'
    union all
    select
        'survey_returned_count' as measure_code,
        closed_on as day,
        null as branch_code,
        returned_count as amount
    from surveys
    where question_code = 'overall' and group_code = 'all'
    union all
    -- a reading replaces the one before it: the gain is the difference
    select
        'digital_storage' as measure_code,
        counted_on as day,
        null as branch_code,
        storage_tb - lag(storage_tb, 1, 0.0) over (partition by resource_name order by counted_on)
            as amount
    from digital_resources
    where storage_tb is not null
    union all
    select
        count_code || '_count' as measure_code,
        counted_on as day,
        null as branch_code,
        amount
    from counts
    union all
    select
        'volunteer_count' as measure_code,
        served_on as day,
        branch_code,
        volunteer_count as amount
    from volunteers
    union all
    select
        'volunteer_hours' as measure_code,
        served_on as day,
        branch_code,
        service_hours as amount
    from volunteers
    where service_hours is not null
)

select
    measure_code,
    day,
    branch_code,
    sum(amount) as amount
from gains
group by measure_code, day, branch_code
order by measure_code, day, branch_code
