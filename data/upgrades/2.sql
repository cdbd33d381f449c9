-- Version 2 tells loads apart and counts what was there already; version 1 knew one load.

alter table earlier.loads add column load_number integer;
alter table earlier.loads add column loaded_at timestamp;
alter table earlier.loads add column layout varchar;
alter table earlier.loads add column already_there_count bigint default 0;
update earlier.loads
set
    load_number = 1,
    loaded_at = (select library.loaded_at from earlier.library),
    layout = (select library.layout from earlier.library);

alter table earlier.load_rules add column load_number integer default 1;
