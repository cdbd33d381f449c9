-- volunteers_by_activity: who served as a volunteer in the period, and for how many hours together.
--
-- Persons are counted each time they serve. Hours that nobody wrote down are not 0: such services are
-- in uncounted_count, and service_hours is null where there are no others.
--
-- grain:    one row per activity with a service in the period
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
-- columns:  activity, service_count, volunteer_count, service_hours, uncounted_count

select
    activity,
    count(*) as service_count,
    sum(volunteer_count)::bigint as volunteer_count,
    sum(service_hours)::double as service_hours,
    count(*) filter (where service_hours is null) as uncounted_count
from volunteers
where
    served_on >= $start_date::date
    and served_on < $end_date::date
    and ($branches::varchar[] is null or list_contains($branches::varchar[], branch_code))
group by activity
order by volunteer_count desc, activity asc
