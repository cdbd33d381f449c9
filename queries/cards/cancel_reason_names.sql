-- cancel_reason_names: what each reason of cancellation is called, and what the library can do.
--
-- grain:    one row per reason of cancel_reasons.csv
-- params:   none
-- columns:  reason_code, name_zh, name_en, countermeasures_zh, countermeasures_en

select
    reason_code,
    name_zh,
    name_en,
    countermeasures_zh,
    countermeasures_en
from cancel_reasons
order by reason_code
