CREATE TABLE annotations(annotation_kind VARCHAR NOT NULL, title VARCHAR NOT NULL, first_day DATE NOT NULL, last_day DATE, branch_code VARCHAR, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE borrower_days("scope" VARCHAR NOT NULL, "day" DATE NOT NULL, previous_day DATE, borrower_count BIGINT NOT NULL, new_borrower_count BIGINT NOT NULL);
insert into borrower_days values
('*', '2024-03-01', null, 1, 1),
('*', '2024-03-02', null, 1, 1),
('JZ', '2024-03-01', null, 1, 1),
('TG', '2024-03-02', null, 1, 1);
CREATE TABLE branches(branch_code VARCHAR NOT NULL, name_zh VARCHAR NOT NULL, name_en VARCHAR NOT NULL, is_main BOOLEAN NOT NULL, floor_area_m2 DOUBLE, seat_count INTEGER, opened_on DATE);
insert into branches values
('JZ', 'JZ', 'JZ', true, null, null, null),
('TG', 'TG', 'TG', false, null, null, null);
CREATE TABLE card_days("day" DATE NOT NULL, branch_code VARCHAR, channel_code VARCHAR, issued_count BIGINT NOT NULL, cancelled_count BIGINT NOT NULL, ended_count BIGINT NOT NULL);
insert into card_days values
('2018-01-02', 'JZ', null, 1, 0, 0),
('2019-05-06', 'JZ', null, 1, 0, 0);
CREATE TABLE card_events(event_kind VARCHAR NOT NULL, event_at TIMESTAMP NOT NULL, reader_id BIGINT NOT NULL, branch_code VARCHAR, channel_code VARCHAR, reason_code VARCHAR);
insert into card_events values
('issue', '2018-01-02 00:00:00', 2, 'JZ', null, null),
('issue', '2019-05-06 00:00:00', 1, 'JZ', null, null);
CREATE TABLE circulation_days("day" DATE NOT NULL, branch_code VARCHAR, channel_code VARCHAR, loan_count BIGINT NOT NULL, renewal_count BIGINT NOT NULL, return_count BIGINT NOT NULL);
insert into circulation_days values
('2024-03-01', 'JZ', null, 1, 1, 0),
('2024-03-02', 'TG', null, 1, 0, 0),
('2024-03-09', 'JZ', null, 0, 0, 1);
CREATE TABLE class_days("day" DATE NOT NULL, branch_code VARCHAR, class_code VARCHAR NOT NULL, loan_count BIGINT NOT NULL);
insert into class_days values
('2024-03-01', 'JZ', 'I', 1),
('2024-03-02', 'TG', 'K', 1);
CREATE TABLE counts(count_code VARCHAR NOT NULL, counted_on DATE NOT NULL, amount DOUBLE NOT NULL, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE digital_resources(resource_name VARCHAR NOT NULL, counted_on DATE NOT NULL, storage_tb DOUBLE, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE digital_usage(resource_name VARCHAR NOT NULL, metric_code VARCHAR NOT NULL, month_end DATE NOT NULL, usage_count BIGINT NOT NULL);
CREATE TABLE events(event_kind VARCHAR NOT NULL, title VARCHAR NOT NULL, held_on DATE NOT NULL, branch_code VARCHAR, place_kind VARCHAR, attendance_count INTEGER, speaker_rank VARCHAR, work_count INTEGER, wall_metres DOUBLE, loan_count INTEGER, is_held BOOLEAN NOT NULL, stated_at TIMESTAMP, stated_by VARCHAR);
insert into events values
('lecture', '三晋文化讲座', '2024-03-09', 'JZ', null, 120, 'full_senior', null, null, null, true, '2024-06-01 08:00:00', null);
CREATE TABLE feedback(case_number VARCHAR NOT NULL, received_on DATE NOT NULL, answered_on DATE, branch_code VARCHAR, is_satisfied BOOLEAN, stated_at TIMESTAMP, stated_by VARCHAR);
insert into feedback values
('2024-001', '2024-03-01', '2024-03-03', 'JZ', true, '2024-06-01 08:00:00', null),
('2024-002', '2024-03-05', null, 'TG', null, '2024-06-01 08:00:00', null);
CREATE TABLE holdings(month_end DATE NOT NULL, branch_code VARCHAR NOT NULL, class_code VARCHAR NOT NULL, material VARCHAR NOT NULL, item_count BIGINT NOT NULL, loanable_count BIGINT NOT NULL, children_count BIGINT NOT NULL);
CREATE TABLE inspections(point VARCHAR NOT NULL, inspected_on DATE NOT NULL, finding VARCHAR, rectify_by DATE, rectified_on DATE, withdrawn_on DATE, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE items(item_id BIGINT NOT NULL, call_number VARCHAR, class_code VARCHAR NOT NULL, material VARCHAR NOT NULL, is_for_children BOOLEAN, branch_code VARCHAR, is_loanable BOOLEAN, added_on DATE, withdrawn_on DATE);
insert into items values
(1, 'I247.5/12', 'I', 'book', null, 'JZ', null, null, null),
(2, 'K825', 'K', 'book', null, 'TG', null, null, null);
CREATE TABLE library(schema_version INTEGER NOT NULL, name_zh VARCHAR NOT NULL, name_en VARCHAR NOT NULL, is_simulated BOOLEAN NOT NULL, layout VARCHAR NOT NULL, first_day DATE, last_day DATE, loaded_at TIMESTAMP NOT NULL);
insert into library values
(3, '晋中市图书馆', 'Jinzhong Library', false, 'plain', '2024-03-01', '2024-03-09', '2026-11-30 05:27:21');
CREATE TABLE load_rules(load_number INTEGER NOT NULL, file_name VARCHAR NOT NULL, rule_code VARCHAR NOT NULL, outcome VARCHAR NOT NULL, line_count BIGINT NOT NULL);
insert into load_rules values
(1, 'loans.csv', 'renewal_count_without_stamp', 'repaired', 1),
(1, 'loans.csv', 'unreadable_stamp', 'refused', 1);
CREATE TABLE loads(load_number INTEGER NOT NULL, loaded_at TIMESTAMP NOT NULL, layout VARCHAR NOT NULL, file_name VARCHAR NOT NULL, record_kind VARCHAR, "encoding" VARCHAR, line_count BIGINT NOT NULL, loaded_count BIGINT NOT NULL, repaired_count BIGINT NOT NULL, refused_count BIGINT NOT NULL, set_aside_count BIGINT NOT NULL, already_there_count BIGINT NOT NULL, written_at TIMESTAMP, loaded_by VARCHAR);
insert into loads values
(1, '2026-11-30 05:27:18', 'plain', 'feedback.csv', 'feedback', 'utf-8', 2, 2, 0, 0, 0, 0, '2024-06-01 08:00:00', 'wang@library'),
(1, '2026-11-30 05:27:18', 'plain', 'loans.csv', 'loans', 'utf-8', 3, 1, 1, 1, 0, 0, '2024-06-01 08:00:00', 'wang@library'),
(1, '2026-11-30 05:27:18', 'plain', 'visits.csv', 'visits', 'utf-8', 2, 2, 0, 0, 0, 0, '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'events.csv', 'events', 'utf-8', 1, 1, 0, 0, 0, 0, '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'items.csv', 'items', 'utf-8', 2, 2, 0, 0, 0, 0, '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'readers.csv', 'readers', 'utf-8', 2, 2, 0, 0, 0, 0, '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'surveys.csv', 'surveys', 'utf-8', 1, 1, 0, 0, 0, 0, '2024-06-01 08:00:00', 'wang@library');
CREATE TABLE loan_events(event_kind VARCHAR NOT NULL, event_at TIMESTAMP NOT NULL, loan_id BIGINT, reader_id BIGINT, item_id BIGINT, branch_code VARCHAR, channel_code VARCHAR, due_date DATE, quantity SMALLINT NOT NULL);
insert into loan_events values
('loan', '2024-03-01 10:00:00', 2, 2, 1, 'JZ', null, '2024-04-01', 1),
('renewal', '2024-03-01 10:00:00', 2, 2, 1, 'JZ', null, '2024-04-01', 1),
('loan', '2024-03-02 10:00:00', 1, 1, 2, 'TG', null, '2024-04-01', 1),
('return', '2024-03-09 09:00:00', 2, 2, 1, 'JZ', null, null, 1);
CREATE TABLE loan_hours("day" DATE NOT NULL, branch_code VARCHAR, "hour" SMALLINT NOT NULL, loan_count BIGINT NOT NULL);
insert into loan_hours values
('2024-03-01', 'JZ', 10, 1),
('2024-03-02', 'TG', 10, 1);
CREATE TABLE loans(loan_id BIGINT NOT NULL, reader_id BIGINT, item_id BIGINT, class_code VARCHAR NOT NULL, branch_code VARCHAR, channel_code VARCHAR, loaned_at TIMESTAMP NOT NULL, due_date DATE, returned_at TIMESTAMP, renewal_count INTEGER NOT NULL);
insert into loans values
(2, 2, 1, 'I', 'JZ', null, '2024-03-01 10:00:00', '2024-04-01', '2024-03-09 09:00:00', 1),
(1, 1, 2, 'K', 'TG', null, '2024-03-02 10:00:00', '2024-04-01', null, 0);
CREATE TABLE milestone_states(plan_year SMALLINT NOT NULL, milestone_code VARCHAR NOT NULL, state VARCHAR NOT NULL, stated_on DATE NOT NULL, note_zh VARCHAR, note_en VARCHAR, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE opening_hours(branch_code VARCHAR NOT NULL, "day" DATE NOT NULL, opens_at TIME NOT NULL, closes_at TIME NOT NULL, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE plan_notes(plan_year SMALLINT NOT NULL, target_code VARCHAR NOT NULL, noted_on DATE NOT NULL, "owner" VARCHAR, note VARCHAR, stated_at TIMESTAMP, stated_by VARCHAR);
CREATE TABLE reader_days("day" DATE NOT NULL, branch_code VARCHAR, reader_id BIGINT NOT NULL, loan_count INTEGER NOT NULL, previous_day DATE);
insert into reader_days values
('2024-03-02', 'TG', 1, 1, null),
('2024-03-01', 'JZ', 2, 1, null);
CREATE TABLE readers(reader_id BIGINT NOT NULL, masked_name VARCHAR, reader_type VARCHAR, sex VARCHAR, birth_year SMALLINT, home_branch VARCHAR, unit VARCHAR, card_expires_on DATE);
insert into readers values
(1, '李**', 'child', 'M', null, 'JZ', null, null),
(2, '王**', 'adult', 'F', null, 'JZ', null, null);
CREATE TABLE requests(requested_on DATE NOT NULL, branch_code VARCHAR, class_code VARCHAR, is_supplied BOOLEAN NOT NULL, refusal_reason VARCHAR);
CREATE TABLE settings(setting_code VARCHAR NOT NULL, "value" DOUBLE, unit VARCHAR NOT NULL, source_zh VARCHAR NOT NULL, source_en VARCHAR NOT NULL, is_assumed BOOLEAN NOT NULL);
insert into settings values
('population_served', null, 'persons', '未设定', 'not set', false);
CREATE TABLE surveys(survey_code VARCHAR NOT NULL, question_code VARCHAR NOT NULL, group_code VARCHAR NOT NULL, closed_on DATE NOT NULL, distributed_count INTEGER NOT NULL, returned_count INTEGER NOT NULL, valid_count INTEGER NOT NULL, satisfied_count INTEGER NOT NULL, stated_at TIMESTAMP, stated_by VARCHAR);
insert into surveys values
('2024-1', 'overall', 'all', '2024-03-31', 250, 244, 238, 201, '2024-06-01 08:00:00', null);
CREATE TABLE visits(branch_code VARCHAR NOT NULL, "day" DATE NOT NULL, "hour" SMALLINT, visit_count BIGINT NOT NULL, stated_at TIMESTAMP, stated_by VARCHAR);
insert into visits values
('JZ', '2024-03-01', 10, 90, '2024-06-01 08:00:00', null),
('TG', '2024-03-01', null, 40, '2024-06-01 08:00:00', null);
CREATE TABLE volunteers(served_on DATE NOT NULL, activity VARCHAR NOT NULL, branch_code VARCHAR, volunteer_count INTEGER NOT NULL, service_hours DOUBLE, stated_at TIMESTAMP, stated_by VARCHAR);
