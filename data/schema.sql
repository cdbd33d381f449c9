-- The tables of library.duckdb: the contract between intake, which writes them, and queries/, which
-- read them; and the data dictionary. Tests build an empty library from this file.
--
-- Codes (channel_code, event_kind ...) are listed with their names in data/codes.csv, classes in
-- data/classes.csv, reasons of cancellation in cancel_reasons.csv of the library or of data/. There are no primary keys:
-- their indexes would double the time and memory of a load of 20 million loans, so keys are checked
-- once by intake instead. Nothing here names a person: names live in the names file of the same
-- generation, which only the role that may see them opens.

-- What this library file is. One row.
create table library (
    schema_version integer not null, -- a reader refuses another version
    name_zh varchar not null, -- the library's name in Chinese
    name_en varchar not null, -- the library's name in English
    is_simulated boolean not null, -- true: every page and export says so
    layout varchar not null, -- layout the sources were read with; demo for the simulation
    first_day date, -- first day the data covers; null while there is nothing
    last_day date, -- last day the data covers: the default as-of day
    loaded_at timestamp not null -- when this generation was written, local time
);

-- Facts about the library that no source file holds, from a settings file.
create table settings (
    setting_code varchar not null, -- population_served, population_served_network, loans_include_renewals (1: they do) ...
    value double, -- null: not known, figures that need it are not computable
    unit varchar not null, -- what the value counts
    source_zh varchar not null, -- where the value comes from, in Chinese
    source_en varchar not null, -- where the value comes from, in English
    is_assumed boolean not null -- true: nobody has stated it; the screen says so
);

-- One row per file of every load that made this library, with what became of its lines.
create table loads (
    load_number integer not null, -- generation the load made
    loaded_at timestamp not null, -- when it was loaded, local time
    layout varchar not null, -- layout it was read with
    file_name varchar not null, -- name of the file, without its folder
    record_kind varchar, -- kind of its records, as in data/records.toml
    encoding varchar, -- encoding it was found to have
    line_count bigint not null, -- data lines read, the header not counted
    loaded_count bigint not null, -- lines loaded as they stood
    repaired_count bigint not null, -- lines loaded after a stated rule changed them
    refused_count bigint not null, -- lines that no rule could save
    set_aside_count bigint not null, -- lines that are sound but no loans (room bookings ...)
    already_there_count bigint not null, -- lines that say what an earlier load said
    written_at timestamp, -- when the file was written; rows of registers say by it where they are from
    loaded_by varchar -- who loaded it: user@host; null not known
);

-- How many lines of a file each rule touched; one line can meet several rules.
create table load_rules (
    load_number integer not null, -- load, as in loads
    file_name varchar not null, -- name of the file, as in loads
    rule_code varchar not null, -- rule of data/rules.toml
    outcome varchar not null, -- repaired, refused, set_aside; noted: loaded as it stood
    line_count bigint not null -- lines the rule touched
);

-- The libraries of the network, one row each.
create table branches (
    branch_code varchar not null, -- code in the ILS (馆代码)
    name_zh varchar not null, -- name in Chinese
    name_en varchar not null, -- name in English
    is_main boolean not null, -- the library that the plan and the published figures speak of
    floor_area_m2 double, -- floor area in square metres
    seat_count integer, -- reading seats
    opened_on date -- first day open
);

-- Readers as statistics need them: no name, no number of any card or document.
create table readers (
    reader_id bigint not null, -- surrogate; the names file alone leads to a card
    masked_name varchar, -- family name and two stars (马**), null where no name is known
    reader_type varchar, -- code of the reader type; null unknown
    sex varchar, -- F, M; null unknown
    birth_year smallint, -- null unknown
    home_branch varchar, -- branch that issued the card
    unit varchar, -- school, office or department
    card_expires_on date, -- last day the card is valid; null without limit
    may_be_named boolean -- whether the reader agreed to be named to the director; null: not said
);

-- Items as lent: one row per copy (册).
create table items (
    item_id bigint not null, -- surrogate of the barcode
    call_number varchar, -- 索书号 as printed on the spine
    class_code varchar not null, -- class of the call number, T to two letters
    material varchar not null, -- book, braille, audiovisual, periodical
    is_for_children boolean, -- in the children's collection
    branch_code varchar, -- branch that holds it
    is_loanable boolean, -- open to loan; null unknown
    added_on date, -- first day in stock
    withdrawn_on date -- last day in stock; null while held
);

-- Every loan, renewal and return, one row each, in time order.
create table loan_events (
    event_kind varchar not null, -- loan, renewal, return
    event_at timestamp not null, -- local time of the library
    loan_id bigint, -- the loan this event belongs to; null where it is not in the data
    reader_id bigint, -- null once the reader has been deleted
    item_id bigint, -- null once the item has been deleted
    branch_code varchar, -- branch where it happened
    channel_code varchar, -- desk, self_service, bookstore ...; null unknown
    due_date date, -- due date this event set; null where the source gives none
    quantity smallint not null -- times it stands for; 0: nobody recorded it, but it must have been
);

-- What happened to cards (读者证).
create table card_events (
    event_kind varchar not null, -- issue, cancel, suspend, report_lost, replace, extend
    event_at timestamp not null, -- local time of the library
    reader_id bigint not null, -- whose card
    branch_code varchar, -- branch where it happened
    channel_code varchar, -- desk, self_service, bookstore; null unknown
    reason_code varchar -- of a cancellation, as in cancel_reasons.csv; null not recorded
);

-- Visits (到馆人次) of the gate counters.
create table visits (
    branch_code varchar, -- branch of the gate; null: not said, and the library has several
    day date not null, -- day of the count
    hour smallint, -- hour 0 to 23; null where the gate counts by day
    visit_count bigint not null, -- persons who came in
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- The events register: held and scheduled.
create table events (
    event_kind varchar not null, -- lecture, exhibition, outreach, mobile_trip, featured
    title varchar not null, -- as announced
    held_on date not null, -- day held, or day it is scheduled for
    branch_code varchar, -- branch that ran it
    place_kind varchar, -- of outreach: community, office, school, barracks, building_site
    attendance_count integer, -- persons present; null not counted
    speaker_rank varchar, -- of a lecture: full_senior, vice_senior, deputy_division, other
    work_count integer, -- of an exhibition: works shown
    wall_metres double, -- of an exhibition: metres of wall
    loan_count integer, -- of a mobile trip: items lent on it, not in loan_events
    is_held boolean not null, -- false while it is only scheduled
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Questionnaires: one row per wave, question and group of readers.
create table surveys (
    survey_code varchar not null, -- the wave
    question_code varchar not null, -- overall, or a part of the service
    group_code varchar not null, -- all, or a group of readers as the questionnaire names it
    closed_on date not null, -- last day of answers
    distributed_count integer not null, -- forms handed out (发放)
    returned_count integer not null, -- forms that came back (回收)
    valid_count integer not null, -- answers that can be read (有效)
    satisfied_count integer not null, -- satisfied or very satisfied
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Feedback cases (意见反馈), one row each.
create table feedback (
    case_number varchar not null, -- number of the case
    received_on date not null, -- day received
    answered_on date, -- day answered; null while open
    branch_code varchar, -- branch it is about
    is_satisfied boolean, -- the reader's word on the outcome; null not asked or not said
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Requests for documents, one row each.
create table requests (
    requested_on date not null, -- day of the request
    branch_code varchar, -- branch asked
    class_code varchar, -- class of the document wanted; null unknown
    is_supplied boolean not null, -- false: a refusal (拒借)
    refusal_reason varchar -- not_held, on_loan, not_on_shelf, not_for_loan, lost; null if supplied
);

-- Opening hours, past and announced: one row per interval open; a day without one was closed.
create table opening_hours (
    branch_code varchar, -- branch; null not said
    day date not null, -- day
    opens_at time not null, -- opening
    closes_at time not null, -- closing, same day
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Holdings at the end of each month.
create table holdings (
    month_end date not null, -- last day of the month
    branch_code varchar, -- branch that holds them; null not said
    class_code varchar not null, -- class, T to two letters
    material varchar not null, -- book, braille, audiovisual, periodical
    item_count bigint not null, -- items in stock
    loanable_count bigint not null, -- of them open to loan
    children_count bigint not null -- of them in the children's collection
);

-- Digital resources at a day: one row per resource and reading.
create table digital_resources (
    resource_name varchar not null, -- name of the database or collection
    counted_on date not null, -- day of the reading
    storage_tb double, -- storage in TB; null not stated
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Uses of digital resources in a month, as vendors report them (COUNTER).
create table digital_usage (
    resource_name varchar not null, -- platform or database
    metric_code varchar not null, -- Total_Item_Requests, Searches_Regular ...
    month_end date not null, -- last day of the month
    usage_count bigint not null -- uses
);

-- Counts typed in or taken from another report.
create table counts (
    count_code varchar not null, -- web_visit, party_member ...
    counted_on date not null, -- day the count is for
    amount double not null, -- how many, added to what was counted before
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Milestones of the plan as reported: the last row up to a day is the state then.
create table milestone_states (
    plan_year smallint not null, -- year of the plan
    milestone_code varchar not null, -- as in targets/<year>.toml of the library
    state varchar not null, -- planned, under_way, done, dropped
    stated_on date not null, -- day of the report
    note_zh varchar, -- what was reported, in Chinese
    note_en varchar, -- what was reported, in English
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Volunteer service (志愿服务), one row per day, activity and branch.
create table volunteers (
    served_on date not null, -- day of the service
    activity varchar not null, -- what was done
    branch_code varchar, -- branch
    volunteer_count integer not null, -- persons who served
    service_hours double, -- hours they gave together; null not counted
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Inspections of reading points (阅读点), one row each.
create table inspections (
    point varchar not null, -- name of the reading point
    inspected_on date not null, -- day of the inspection
    finding varchar, -- what has to be put right; null: nothing
    rectify_by date, -- term set for it; null none set
    rectified_on date, -- day it was put right; null not yet
    withdrawn_on date, -- day the point was given up; null while it is kept
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- What a chart over time should say: closures, a flood, a campaign.
create table annotations (
    annotation_kind varchar not null, -- closure, disaster, campaign, change, other_note
    title varchar not null, -- what it was
    first_day date not null, -- first day
    last_day date, -- last day; null: one day
    branch_code varchar, -- branch it concerns; null the whole network
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- Notes on targets and milestones: who answers for them, what was decided.
create table plan_notes (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target or milestone, as in targets/<year>.toml of the library
    noted_on date not null, -- day of the note
    owner varchar, -- who answers for it from this day; null: no change
    note varchar, -- what was noted or decided
    stated_at timestamp, -- when this was said: its file was written, or somebody entered it; null: simulated
    stated_by varchar -- who entered it; null where it came with a file
);

-- ---------------------------------------------------------------------------------------------
-- Derived once at load time by data/marts/*.sql, so that no page scans events. A law in the
-- tests says that each equals the same question asked of the tables above.

-- Loans, one row each, in time order.
create table loans (
    loan_id bigint not null, -- as in loan_events
    reader_id bigint, -- null once the reader has been deleted
    item_id bigint, -- null once the item has been deleted
    class_code varchar not null, -- class of the item; unknown where the item is
    branch_code varchar, -- branch that lent it
    channel_code varchar, -- channel of the loan
    loaned_at timestamp not null, -- when it was lent
    due_date date, -- due date after the last renewal; null where the source gives none
    returned_at timestamp, -- null while it is out
    renewal_count integer not null -- times renewed
);

-- Loans, renewals and returns of a day, by branch and channel.
create table circulation_days (
    day date not null, -- day
    branch_code varchar, -- branch
    channel_code varchar, -- channel; null unknown
    loan_count bigint not null, -- items lent
    renewal_count bigint not null, -- renewals, counted beside loans
    return_count bigint not null -- items returned
);

-- Loans by hour of the day.
create table loan_hours (
    day date not null, -- day
    branch_code varchar, -- branch
    hour smallint not null, -- hour 0 to 23
    loan_count bigint not null -- items lent
);

-- Loans of a class on a day.
create table class_days (
    day date not null, -- day
    branch_code varchar, -- branch
    class_code varchar not null, -- class, T to two letters
    loan_count bigint not null -- items lent
);

-- Loans of a reader on a day: what every count of persons is made from.
create table reader_days (
    day date not null, -- day
    branch_code varchar, -- branch
    reader_id bigint not null, -- reader; loans without one are not here
    loan_count integer not null, -- items lent
    previous_day date -- day of the reader's loan before, this day too; null where there was none
);

-- Cards of a day, by branch and channel.
create table card_days (
    day date not null, -- day
    branch_code varchar, -- branch
    channel_code varchar, -- channel; null unknown
    issued_count bigint not null, -- cards issued
    cancelled_count bigint not null, -- cards cancelled (退证)
    ended_count bigint not null -- cards cancelled or expired: what ends a card holder
);

-- Borrowers of a day by the day they borrowed before. Who borrowed in a period is who did so in it for
-- the first time, whose day before lies outside it: a sum, for any period, where reader_days would
-- need a set of readers. It holds for the network and for one branch; several need the set.
create table borrower_days (
    scope varchar not null, -- * the whole network, else a branch
    day date not null, -- day
    previous_day date, -- day of their loan before in the scope; null where there was none
    borrower_count bigint not null, -- readers
    new_borrower_count bigint not null -- of them those who never borrowed before anywhere
);
