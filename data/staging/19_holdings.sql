-- holdings: at the end of each month.

insert into holdings by name

select
    month as month_end,
    coalesce(branch, (select frame.default_branch from frame)) as branch_code,
    case when class_code is null then 'none' else class_of(class_code) end as class_code,
    coalesce(material, 'book') as material,
    sum(item_count) as item_count,
    sum(coalesce(loanable_count, item_count)) as loanable_count,
    sum(coalesce(children_count, 0)) as children_count
from records.holdings
group by all
order by all
