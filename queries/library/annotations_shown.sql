-- annotations_shown: what charts over time should say of a period, in the order of days.
--
-- One that concerns a single branch is shown with that branch, and with the whole network under the
-- branch's name: a closure in a small town is seen in no total, but it is looked for there.
--
-- Nothing that began after $as_of is known on it, nor how long it went on after it.
--
-- grain:    one row per annotation that touches the period
-- params:   $start_date  first day of the period
--           $end_date    day after the period
--           $branches    list of branch codes, or null for the whole network
--           $as_of       last day of which anything is known
-- columns:  annotation_kind, kind_zh, kind_en, title, first_day, last_day, branch_code, branch_name_zh, branch_name_en, is_of_main

with

kinds as (
    select
        code as annotation_kind,
        name_zh,
        name_en
    from codes
    where list = 'annotation_kind'
)

select
    annotations.annotation_kind,
    coalesce(kinds.name_zh, annotations.annotation_kind) as kind_zh,
    coalesce(kinds.name_en, annotations.annotation_kind) as kind_en,
    annotations.title,
    annotations.first_day,
    least(coalesce(annotations.last_day, annotations.first_day), $as_of::date) as last_day,
    annotations.branch_code,
    -- a branch the network does not list is called by its code
    coalesce(branches.name_zh, annotations.branch_code) as branch_name_zh,
    coalesce(branches.name_en, annotations.branch_code) as branch_name_en,
    annotations.branch_code is null or coalesce(branches.is_main, false) as is_of_main
from annotations
left join kinds using (annotation_kind)
left join branches using (branch_code)
where
    annotations.first_day < $end_date::date
    and annotations.first_day <= $as_of::date
    and coalesce(annotations.last_day, annotations.first_day) >= $start_date::date
    and (
        $branches::varchar[] is null
        or annotations.branch_code is null
        or list_contains($branches::varchar[], annotations.branch_code)
    )
order by
    annotations.first_day,
    last_day,
    annotations.annotation_kind,
    annotations.title,
    annotations.branch_code nulls first
