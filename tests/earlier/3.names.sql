CREATE TABLE "names"(reader_id BIGINT NOT NULL, reader_name VARCHAR, card_number VARCHAR);
insert into names values
(1, '李华', 'R2'),
(2, '王小明', 'R1');
