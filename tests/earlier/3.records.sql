CREATE TABLE annotations(kind VARCHAR, title VARCHAR, first_day DATE, last_day DATE, branch VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE branches(branch VARCHAR, name_zh VARCHAR, name_en VARCHAR, is_main BOOLEAN, floor_area_m2 DOUBLE, seat_count BIGINT, opened_on DATE, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE call_numbers(call_number_id VARCHAR, call_number VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE card_events(kind VARCHAR, done_at TIMESTAMP, reader UBIGINT, branch VARCHAR, channel VARCHAR, reason VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE code_names(code_list VARCHAR, code VARCHAR, meaning VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE counts(count_code VARCHAR, counted_on DATE, amount DOUBLE, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE digital_resources(resource_name VARCHAR, counted_on DATE, storage_tb DOUBLE, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE digital_usage(report VARCHAR, resource_name VARCHAR, title VARCHAR, metric VARCHAR, "month" DATE, usage_count BIGINT, period VARCHAR, by_month VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE events(kind VARCHAR, title VARCHAR, held_on DATE, branch VARCHAR, place_kind VARCHAR, attendance_count BIGINT, speaker_rank VARCHAR, work_count BIGINT, wall_metres DOUBLE, loan_count BIGINT, is_held BOOLEAN, written_at TIMESTAMP, written_line BIGINT);
insert into events values
('lecture', '三晋文化讲座', '2024-03-09', 'JZ', null, 120, 'full_senior', null, null, null, true, '2024-06-01 08:00:00', 2);
CREATE TABLE feedback(case_number VARCHAR, received_on DATE, answered_on DATE, branch VARCHAR, is_satisfied BOOLEAN, written_at TIMESTAMP, written_line BIGINT);
insert into feedback values
('2024-001', '2024-03-01', '2024-03-03', 'JZ', true, '2024-06-01 08:00:00', 2),
('2024-002', '2024-03-05', null, 'TG', null, '2024-06-01 08:00:00', 3);
CREATE TABLE file_accounts(load_number INTEGER, loaded_at TIMESTAMP, layout VARCHAR, file_name VARCHAR, kind VARCHAR, "encoding" VARCHAR, lines_read BIGINT, loaded BIGINT, repaired BIGINT, refused BIGINT, set_aside BIGINT, already_there BIGINT, "header" VARCHAR, "delimiter" VARCHAR, "quote" VARCHAR, written_at TIMESTAMP, loaded_by VARCHAR);
insert into file_accounts values
(1, '2026-11-30 05:27:18', 'plain', 'feedback.csv', 'feedback', 'utf-8', 2, 2, 0, 0, 0, 0, '编号,收到日期,答复日期,分馆,读者满意', ',', '"', '2024-06-01 08:00:00', 'wang@library'),
(1, '2026-11-30 05:27:18', 'plain', 'loans.csv', 'loans', 'utf-8', 3, 1, 1, 1, 0, 0, '借阅编号,读者证号,条码号,借书日期,应还日期,还书日期,续借次数,分馆', ',', '"', '2024-06-01 08:00:00', 'wang@library'),
(1, '2026-11-30 05:27:18', 'plain', 'visits.csv', 'visits', 'utf-8', 2, 2, 0, 0, 0, 0, '分馆,日期,小时,到馆人次', ',', '"', '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'events.csv', 'events', 'utf-8', 1, 1, 0, 0, 0, 0, '活动类型,活动名称,活动日期,分馆,服务地点类型,参加人数,主讲人职称职务,已举办', ',', '"', '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'items.csv', 'items', 'utf-8', 2, 2, 0, 0, 0, 0, '条码号,索书号,馆藏馆', ',', '"', '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'readers.csv', 'readers', 'utf-8', 2, 2, 0, 0, 0, 0, '读者证号,姓名,读者类型,性别,办证日期', ',', '"', '2024-06-01 08:00:00', 'wang@library'),
(2, '2026-11-30 05:27:21', 'plain', 'surveys.csv', 'surveys', 'utf-8', 1, 1, 0, 0, 0, 0, '调查编号,题目,截止日期,发放,回收,有效,满意', ',', '"', '2024-06-01 08:00:00', 'wang@library');
CREATE TABLE holdings("month" DATE, branch VARCHAR, class_code VARCHAR, material VARCHAR, item_count BIGINT, loanable_count BIGINT, children_count BIGINT, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE inspections(point VARCHAR, inspected_on DATE, finding VARCHAR, rectify_by DATE, rectified_on DATE, withdrawn_on DATE, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE items(item UBIGINT, call_number VARCHAR, call_number_id VARCHAR, branch VARCHAR, material VARCHAR, is_for_children BOOLEAN, is_loanable BOOLEAN, state VARCHAR, added_on DATE, withdrawn_on DATE, written_at TIMESTAMP, written_line BIGINT);
insert into items values
(12231054621373769395, 'I247.5/12', null, 'JZ', null, null, null, null, null, null, '2024-06-01 08:00:00', 2),
(16302823016704579737, 'K825', null, 'TG', null, null, null, null, null, null, '2024-06-01 08:00:00', 3);
CREATE TABLE kept_lines(load_number INTEGER, file_name VARCHAR, line_number BIGINT, outcome VARCHAR, rule_code VARCHAR, column_name VARCHAR, "value" VARCHAR, line VARCHAR);
insert into kept_lines values
(1, 'loans.csv', 2, 'repaired', 'renewal_count_without_stamp', null, null, '1,R1,B1,2024-03-01 10:00:00,2024-04-01,2024-03-09 09:00:00,1,JZ'),
(1, 'loans.csv', 4, 'refused', 'unreadable_stamp', '借书日期', 'soon', '3,R1,B3,soon,2024-04-01,,0,JZ');
CREATE TABLE layout_branches(layout VARCHAR, branch VARCHAR, name_zh VARCHAR, name_en VARCHAR);
CREATE TABLE layouts(layout VARCHAR, has_library BOOLEAN, name_zh VARCHAR, name_en VARCHAR, main_branch VARCHAR, default_branch VARCHAR, overlapping_loan VARCHAR, loan_without_return VARCHAR, scheme VARCHAR);
insert into layouts values
('plain', false, '晋中市图书馆', 'Jinzhong Library', 'JZ', 'JZ', 'noted', 'closed', 'clc');
CREATE TABLE loans(loan UBIGINT, reader UBIGINT, item UBIGINT, loaned_at TIMESTAMP, due_on DATE, returned_at TIMESTAMP, renewed_at TIMESTAMP, renewal_count BIGINT, branch VARCHAR, return_branch VARCHAR, channel VARCHAR, call_number VARCHAR, reader_type VARCHAR, unit VARCHAR, parent UBIGINT, written_at TIMESTAMP, written_line BIGINT);
insert into loans values
(14826477484352497158, 12050955551236190049, 12231054621373769395, '2024-03-01 10:00:00', '2024-04-01', '2024-03-09 09:00:00', null, 1, 'JZ', null, null, null, null, null, null, '2024-06-01 08:00:00', 2),
(10827509363485147959, 9969210792514545544, 16302823016704579737, '2024-03-02 10:00:00', '2024-04-01', null, null, 0, 'TG', null, null, null, null, null, null, '2024-06-01 08:00:00', 3);
CREATE TABLE log(kind VARCHAR, done_at TIMESTAMP, reader UBIGINT, item UBIGINT, due_on DATE, branch VARCHAR, channel VARCHAR, call_number VARCHAR, reader_type VARCHAR, unit VARCHAR, reason VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE milestone_states(plan_year BIGINT, milestone VARCHAR, stated_on DATE, state VARCHAR, note_zh VARCHAR, note_en VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE opening_hours(branch VARCHAR, "day" DATE, opens_at TIME, closes_at TIME, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE plan_notes(plan_year BIGINT, "target" VARCHAR, noted_on DATE, "owner" VARCHAR, note VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE readers(reader UBIGINT, reader_name VARCHAR, reader_type VARCHAR, sex VARCHAR, born_on DATE, home_branch VARCHAR, unit VARCHAR, issued_at TIMESTAMP, expires_on DATE, cancelled_at TIMESTAMP, cancel_reason VARCHAR, card_state VARCHAR, reader_card VARCHAR, written_at TIMESTAMP, written_line BIGINT);
insert into readers values
(12050955551236190049, '王小明', 'adult', 'F', null, null, null, '2018-01-02 00:00:00', null, null, null, null, 'R1', '2024-06-01 08:00:00', 2),
(9969210792514545544, '李华', 'child', 'M', null, null, null, '2019-05-06 00:00:00', null, null, null, null, 'R2', '2024-06-01 08:00:00', 3);
CREATE TABLE requests(case_number VARCHAR, requested_on DATE, branch VARCHAR, call_number VARCHAR, is_supplied BOOLEAN, reason VARCHAR, written_at TIMESTAMP, written_line BIGINT);
CREATE TABLE rule_accounts(load_number INTEGER, file_name VARCHAR, rule_code VARCHAR, outcome VARCHAR, line_count BIGINT);
insert into rule_accounts values
(1, 'loans.csv', 'renewal_count_without_stamp', 'repaired', 1),
(1, 'loans.csv', 'unreadable_stamp', 'refused', 1);
CREATE TABLE surveys(survey VARCHAR, question VARCHAR, reader_group VARCHAR, closed_on DATE, distributed_count BIGINT, returned_count BIGINT, valid_count BIGINT, satisfied_count BIGINT, written_at TIMESTAMP, written_line BIGINT);
insert into surveys values
('2024-1', 'overall', null, '2024-03-31', 250, 244, 238, 201, '2024-06-01 08:00:00', 2);
CREATE TABLE unmapped_codes(load_number INTEGER, file_name VARCHAR, column_name VARCHAR, "value" VARCHAR, line_count BIGINT);
CREATE TABLE visits(branch VARCHAR, "day" DATE, "hour" BIGINT, visit_count BIGINT, written_at TIMESTAMP, written_line BIGINT);
insert into visits values
('JZ', '2024-03-01', 10, 90, '2024-06-01 08:00:00', 2),
('TG', '2024-03-01', null, 40, '2024-06-01 08:00:00', 3);
CREATE TABLE volunteers(served_on DATE, activity VARCHAR, branch VARCHAR, volunteer_count BIGINT, service_hours DOUBLE, written_at TIMESTAMP, written_line BIGINT);
