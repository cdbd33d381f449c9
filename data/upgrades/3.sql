-- Version 3 tells questionnaires apart by group and cases by their number.

alter table earlier.surveys add column group_code varchar default 'all';

alter table earlier.feedback add column case_number varchar;
update earlier.feedback
set case_number = cast(rowid + 1 as varchar);
