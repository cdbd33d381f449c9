-- surveys: one row per wave, question and group.

insert into surveys by name

select
    survey as survey_code,
    coalesce(question, 'overall') as question_code,
    coalesce(reader_group, 'all') as group_code,
    closed_on,
    distributed_count,
    returned_count,
    valid_count,
    satisfied_count,
    written_at as stated_at
from records.surveys
order by survey_code, question_code, group_code
