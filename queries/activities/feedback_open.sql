-- feedback_open: cases nobody had answered by $as_of, whenever they came in, the oldest first.
--
-- grain:    one row per open case
-- params:   $branches  list of branch codes, or null for the whole network
--           $as_of     day at which a case is open or answered
-- columns:  case_number, received_on, branch_name_zh, branch_name_en, open_days, is_overdue

with

terms as (
    select max(value) as term_days
    from settings
    where setting_code = 'feedback_answer_days'
)

select
    feedback.case_number,
    feedback.received_on,
    coalesce(branches.name_zh, feedback.branch_code) as branch_name_zh,
    coalesce(branches.name_en, feedback.branch_code) as branch_name_en,
    date_diff('day', feedback.received_on, $as_of::date) as open_days,
    date_diff('day', feedback.received_on, $as_of::date) > terms.term_days as is_overdue
from feedback
cross join terms
left join branches on feedback.branch_code = branches.branch_code
where
    feedback.received_on <= $as_of::date
    and coalesce(feedback.answered_on > $as_of::date, true)
    and (
        $branches::varchar[] is null
        or list_contains($branches::varchar[], feedback.branch_code)
    )
order by feedback.received_on, feedback.case_number
