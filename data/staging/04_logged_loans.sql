-- logged_loans: loans that a list of loans and the log both tell of, as an export of current loans
-- beside the log does. The log has them with their moment, so it is what counts.

create or replace temp table logged_loans as

select distinct loans.loan
from records.loans as loans
inner join records.log as log
    on
        loans.item = log.item
        and loans.reader = log.reader
        -- one of the two may give the day alone
        and cast(loans.loaned_at as date) = cast(log.done_at as date)
where log.kind = 'loan'
