-- register_history: everything that was ever typed in, corrected or taken away, the newest first.
--
-- grain:    one row per entry of the journal
-- params:   $register  code of a register, or null for all of them
-- columns:  entry_number, entered_at, entered_by, register, key_json, was_json, values_json, why

select
    entry_number,
    entered_at,
    entered_by,
    register,
    key_json,
    was_json,
    values_json,
    why
from entries
where $register::varchar is null or register = $register::varchar
order by entry_number desc
