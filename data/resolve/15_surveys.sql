-- surveys: one row per wave and question.

insert into surveys by name

select
    survey as survey_code,
    coalesce(question, 'overall') as question_code,
    closed_on,
    distributed_count,
    returned_count,
    valid_count,
    satisfied_count
from records.surveys
order by survey_code, question_code
