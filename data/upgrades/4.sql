-- Version 4 knows whether a reader may be named, and seals names. Before that nobody was asked.

alter table earlier.readers add column may_be_named boolean;
