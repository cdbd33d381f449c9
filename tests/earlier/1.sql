CREATE TABLE borrower_days("scope" VARCHAR NOT NULL, "day" DATE NOT NULL, previous_day DATE, borrower_count BIGINT NOT NULL, new_borrower_count BIGINT NOT NULL);
insert into borrower_days values
('*', '2023-03-01', null, 1, 1),
('*', '2023-03-02', null, 1, 1),
('*', '2023-03-03', '2023-03-01', 1, 0),
('main', '2023-03-01', null, 1, 1),
('main', '2023-03-02', null, 1, 1),
('main', '2023-03-03', '2023-03-01', 1, 0);
CREATE TABLE branches(branch_code VARCHAR NOT NULL, name_zh VARCHAR NOT NULL, name_en VARCHAR NOT NULL, is_main BOOLEAN NOT NULL, floor_area_m2 DOUBLE, seat_count INTEGER, opened_on DATE);
insert into branches values
('main', '图书馆', 'Library', true, null, null, null);
CREATE TABLE card_days("day" DATE NOT NULL, branch_code VARCHAR, channel_code VARCHAR, issued_count BIGINT NOT NULL, cancelled_count BIGINT NOT NULL, ended_count BIGINT NOT NULL);
CREATE TABLE card_events(event_kind VARCHAR NOT NULL, event_at TIMESTAMP NOT NULL, reader_id BIGINT NOT NULL, branch_code VARCHAR, channel_code VARCHAR, reason_code VARCHAR);
CREATE TABLE circulation_days("day" DATE NOT NULL, branch_code VARCHAR, channel_code VARCHAR, loan_count BIGINT NOT NULL, renewal_count BIGINT NOT NULL, return_count BIGINT NOT NULL);
insert into circulation_days values
('2023-03-01', 'main', null, 1, 0, 0),
('2023-03-02', 'main', null, 1, 0, 0),
('2023-03-03', 'main', null, 1, 0, 0),
('2023-03-09', 'main', null, 0, 0, 1),
('2023-03-20', 'main', null, 0, 1, 0),
('2023-04-01', 'main', null, 0, 0, 1);
CREATE TABLE class_days("day" DATE NOT NULL, branch_code VARCHAR, class_code VARCHAR NOT NULL, loan_count BIGINT NOT NULL);
insert into class_days values
('2023-03-01', 'main', 'unknown', 1),
('2023-03-02', 'main', 'unknown', 1),
('2023-03-03', 'main', 'unknown', 1);
CREATE TABLE counts(count_code VARCHAR NOT NULL, counted_on DATE NOT NULL, amount DOUBLE NOT NULL);
CREATE TABLE digital_resources(resource_name VARCHAR NOT NULL, counted_on DATE NOT NULL, storage_tb DOUBLE);
CREATE TABLE events(event_id BIGINT NOT NULL, event_kind VARCHAR NOT NULL, title VARCHAR NOT NULL, held_on DATE NOT NULL, branch_code VARCHAR, place_kind VARCHAR, attendance_count INTEGER, speaker_rank VARCHAR, work_count INTEGER, wall_metres DOUBLE, loan_count INTEGER, is_held BOOLEAN NOT NULL);
CREATE TABLE feedback(received_on DATE NOT NULL, answered_on DATE, branch_code VARCHAR, is_satisfied BOOLEAN);
CREATE TABLE holdings(month_end DATE NOT NULL, branch_code VARCHAR NOT NULL, class_code VARCHAR NOT NULL, material VARCHAR NOT NULL, item_count BIGINT NOT NULL, loanable_count BIGINT NOT NULL, children_count BIGINT NOT NULL);
CREATE TABLE items(item_id BIGINT NOT NULL, call_number VARCHAR, class_code VARCHAR NOT NULL, material VARCHAR NOT NULL, is_for_children BOOLEAN, branch_code VARCHAR, is_loanable BOOLEAN, added_on DATE, withdrawn_on DATE);
insert into items values
(1, null, 'unknown', 'book', null, 'main', null, null, null),
(2, null, 'unknown', 'book', null, 'main', null, null, null),
(3, null, 'unknown', 'book', null, 'main', null, null, null);
CREATE TABLE library(schema_version INTEGER NOT NULL, name_zh VARCHAR NOT NULL, name_en VARCHAR NOT NULL, is_simulated BOOLEAN NOT NULL, layout VARCHAR NOT NULL, first_day DATE, last_day DATE, loaded_at TIMESTAMP NOT NULL);
insert into library values
(1, '高校图书馆（SEU 数据）', 'University library (SEU data)', false, 'seu', '2023-03-01', '2023-04-01', '2026-11-24 21:00:23');
CREATE TABLE loads(file_name VARCHAR NOT NULL, line_count BIGINT NOT NULL, loaded_count BIGINT NOT NULL, repaired_count BIGINT NOT NULL, refused_count BIGINT NOT NULL, set_aside_count BIGINT NOT NULL);
insert into loads values
('inter_reevaluation.csv', 4, 3, 0, 1, 0),
('user.csv', 2, 2, 0, 0, 0);
CREATE TABLE load_rules(file_name VARCHAR NOT NULL, rule_code VARCHAR NOT NULL, outcome VARCHAR NOT NULL, line_count BIGINT NOT NULL);
insert into load_rules values
('inter_reevaluation.csv', 'too_few_fields', 'refused', 1),
('user.csv', 'unmapped_code', 'noted', 2);
CREATE TABLE loans(loan_id BIGINT NOT NULL, reader_id BIGINT, item_id BIGINT, class_code VARCHAR NOT NULL, branch_code VARCHAR, channel_code VARCHAR, loaned_at TIMESTAMP NOT NULL, due_date DATE, returned_at TIMESTAMP, renewal_count INTEGER NOT NULL);
insert into loans values
(1, 1, 1, 'unknown', 'main', null, '2023-03-01 10:00:00', null, '2023-03-09 09:00:00', 0),
(2, 2, 2, 'unknown', 'main', null, '2023-03-02 10:00:00', null, '2023-04-01 08:00:00', 1),
(3, 1, 3, 'unknown', 'main', null, '2023-03-03 10:00:00', null, null, 0);
CREATE TABLE loan_events(event_kind VARCHAR NOT NULL, event_at TIMESTAMP NOT NULL, loan_id BIGINT NOT NULL, reader_id BIGINT, item_id BIGINT, branch_code VARCHAR, channel_code VARCHAR, due_date DATE, quantity SMALLINT NOT NULL);
insert into loan_events values
('loan', '2023-03-01 10:00:00', 1, 1, 1, 'main', null, null, 1),
('loan', '2023-03-02 10:00:00', 2, 2, 2, 'main', null, null, 1),
('loan', '2023-03-03 10:00:00', 3, 1, 3, 'main', null, null, 1),
('return', '2023-03-09 09:00:00', 1, 1, 1, 'main', null, null, 1),
('renewal', '2023-03-20 08:00:00', 2, 2, 2, 'main', null, null, 1),
('return', '2023-04-01 08:00:00', 2, 2, 2, 'main', null, null, 1);
CREATE TABLE loan_hours("day" DATE NOT NULL, branch_code VARCHAR, "hour" SMALLINT NOT NULL, loan_count BIGINT NOT NULL);
insert into loan_hours values
('2023-03-01', 'main', 10, 1),
('2023-03-02', 'main', 10, 1),
('2023-03-03', 'main', 10, 1);
CREATE TABLE measure_days(measure_code VARCHAR NOT NULL, "day" DATE NOT NULL, amount DOUBLE NOT NULL);
insert into measure_days values
('loan_count', '2023-03-01', 1.0),
('loan_count', '2023-03-02', 1.0),
('loan_count', '2023-03-03', 1.0),
('loan_count', '2023-03-09', 0.0),
('loan_count', '2023-03-20', 0.0),
('loan_count', '2023-04-01', 0.0);
CREATE TABLE milestone_states(plan_year SMALLINT NOT NULL, milestone_code VARCHAR NOT NULL, state VARCHAR NOT NULL, stated_on DATE NOT NULL, note_zh VARCHAR, note_en VARCHAR);
CREATE TABLE opening_hours(branch_code VARCHAR NOT NULL, "day" DATE NOT NULL, opens_at TIME NOT NULL, closes_at TIME NOT NULL);
CREATE TABLE opening_weeks(week_start DATE NOT NULL, branch_code VARCHAR NOT NULL, open_hours DOUBLE NOT NULL);
CREATE TABLE readers(reader_id BIGINT NOT NULL, masked_name VARCHAR, reader_type VARCHAR, sex VARCHAR, birth_year SMALLINT, home_branch VARCHAR, unit VARCHAR, card_expires_on DATE);
insert into readers values
(1, null, 'undergraduate', null, null, 'main', '文学院', null),
(2, null, 'master', null, null, 'main', '文学院', null);
CREATE TABLE reader_days("day" DATE NOT NULL, branch_code VARCHAR, reader_id BIGINT NOT NULL, loan_count INTEGER NOT NULL, previous_day DATE);
insert into reader_days values
('2023-03-01', 'main', 1, 1, null),
('2023-03-03', 'main', 1, 1, '2023-03-01'),
('2023-03-02', 'main', 2, 1, null);
CREATE TABLE requests(requested_on DATE NOT NULL, branch_code VARCHAR, class_code VARCHAR, is_supplied BOOLEAN NOT NULL, refusal_reason VARCHAR);
CREATE TABLE settings(setting_code VARCHAR NOT NULL, "value" DOUBLE, unit VARCHAR NOT NULL, source_zh VARCHAR NOT NULL, source_en VARCHAR NOT NULL, is_assumed BOOLEAN NOT NULL);
insert into settings values
('population_served', null, 'persons', '未设定', 'not set', false);
CREATE TABLE surveys(survey_code VARCHAR NOT NULL, question_code VARCHAR NOT NULL, closed_on DATE NOT NULL, distributed_count INTEGER NOT NULL, returned_count INTEGER NOT NULL, valid_count INTEGER NOT NULL, satisfied_count INTEGER NOT NULL);
CREATE TABLE survey_shares(measure_code VARCHAR NOT NULL, "day" DATE NOT NULL, valid_count BIGINT NOT NULL, satisfied_count BIGINT NOT NULL, "share" DOUBLE NOT NULL, lower_share DOUBLE NOT NULL, upper_share DOUBLE NOT NULL);
CREATE TABLE visits(branch_code VARCHAR NOT NULL, "day" DATE NOT NULL, "hour" SMALLINT, visit_count BIGINT NOT NULL);
CREATE TABLE year_pace("day" DATE NOT NULL, elapsed_share DOUBLE NOT NULL, expected_share DOUBLE NOT NULL, is_by_open_days BOOLEAN NOT NULL);
