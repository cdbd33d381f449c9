-- The tables in which the plan is judged. They are made in memory when a library is opened, from the
-- library's own tables, from what people typed in and from the plan, by data/judge/*.sql; queries/
-- read them like the others. Tests hold each equal to the same question asked of the records.

-- How much of each measure of the plan came about on each day: what a total adds up.
create table measure_days (
    measure_code varchar not null, -- as in data/plan_measures.toml
    day date not null, -- day
    branch_code varchar, -- branch; null where it cannot be told
    amount double not null -- how much was added that day
);

-- The same by whose it is: the main library's, or the whole network's.
create table scope_days (
    measure_code varchar not null, -- as in data/plan_measures.toml
    scope varchar not null, -- main, network
    day date not null, -- day
    amount double not null -- how much was added that day
);

-- Shares asked of persons, with their 95 % Wilson intervals.
create table survey_shares (
    measure_code varchar not null, -- reader_satisfaction, feedback_satisfaction
    scope varchar not null, -- main, network
    wave_code varchar, -- the one wave it is of; null: all of the year so far
    day date not null, -- day from which the share is known
    distributed_count bigint not null, -- forms handed out; of feedback the cases answered
    returned_count bigint, -- forms that came back; null of feedback
    valid_count bigint not null, -- answers that can be read
    satisfied_count bigint not null, -- of them satisfied
    is_sound boolean not null, -- false: more answers than forms, or more satisfied than answers
    share double, -- satisfied / answers; null where not sound
    lower_share double, -- lower end of the interval
    upper_share double -- upper end of the interval
);

-- Hours open in each week, per branch; a week closed throughout is a row of 0.
create table opening_weeks (
    week_start date not null, -- Monday
    branch_code varchar, -- branch; null not said
    open_hours double not null -- hours open from Monday to Sunday
);

-- The same where they are fewest, by whose promise it is.
create table scope_weeks (
    week_start date not null, -- Monday
    scope varchar not null, -- main, network
    open_hours double not null -- hours open from Monday to Sunday at the branch that is open least
);

-- Every day of the years the data covers, and which part of the year it belongs to.
create table calendar_days (
    day date not null, -- day
    calendar_year smallint not null, -- its year
    is_open boolean not null, -- the main library is open; true throughout where hours are not known
    has_hours boolean not null, -- opening hours are known from the first week of the year to its last
    season_part varchar not null -- F0 to F4: weeks around Spring Festival; else M01 (with M02) to M12
);

-- How much of its year should be done by each day.
create table year_pace (
    day date not null, -- day
    elapsed_share double not null, -- calendar days so far / days of the year, 0 to 1
    expected_share double not null, -- open days so far / open days of the year; else elapsed_share
    is_by_open_days boolean not null -- false where no opening hours cover the whole year
);

-- How much of a measure's year should be done by each day of the year of a plan.
create table measure_pace (
    plan_year smallint not null, -- year of the plan
    measure_code varchar not null, -- as in data/plan_measures.toml
    scope varchar not null, -- main, network
    day date not null, -- day of that year
    expected_share double not null, -- share of the year's amount that should be there, 0 to 1
    pace_basis varchar not null -- profile: the library's own earlier years; open_days; calendar
);

-- The events of the register behind each promise, and whether each meets its clause of quality.
create table target_events (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target, as in targets/<year>.toml of the library
    event_kind varchar not null, -- as in events
    title varchar not null, -- as in events
    held_on date not null, -- as in events
    branch_code varchar, -- as in events
    is_held boolean not null, -- as in events
    has_clause boolean not null, -- the plan says what each must be
    meets_clause boolean, -- null: there is no clause, or the register lacks the field it asks for
    missing_field varchar -- the field it lacks, as in data/records.toml
);

-- The weeks of each promise that wants something every week.
create table event_weeks (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target that promises something every week
    week_start date not null, -- Monday
    last_day date not null, -- its Sunday, or the last day of the plan's year in it
    has_event boolean not null -- something was held in it, of the promise's scope
);

-- What came about of each promise by each day of its plan's year, added up and not yet judged.
create table target_amounts (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target, as in targets/<year>.toml of the library
    branch_code varchar, -- the branch whose part this is; null: the whole promise
    day date not null, -- day
    done double, -- what came about since 1 January; null: never recorded so far
    start_value double, -- what had come about before 1 January: of a level, the stock then
    base double -- of a rate: what it is divided by; null: not known
);

-- What each promise asks for on each day of its plan's year.
create table goal_days (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target, as in targets/<year>.toml of the library
    branch_code varchar, -- the branch whose part this is; null: the whole promise
    day date not null, -- day
    goal double not null, -- what is to be reached, as in force on that day
    stretch double, -- what would be better still
    expected_share double not null, -- share of the year's work that should be done, 0 to 1
    pace_basis varchar not null -- profile, open_days, calendar, or months: those the plan states
);

-- The value of each promise on each day of its plan's year: the one place where it is defined.
create table reading_days (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target, as in targets/<year>.toml of the library
    branch_code varchar, -- the branch whose part this is; null: the whole promise
    day date not null, -- day
    done double, -- of a total, level or rate: what came about since 1 January; null never recorded
    start_value double, -- of a level: the stock on 1 January
    base double, -- of a rate: what it is divided by
    value double, -- total: done; level: the stock; rate: done / base; survey: share; compliance: worst week
    lower_share double, -- of a survey: lower end of the interval
    upper_share double, -- of a survey: upper end
    reason varchar -- why it is not computable: nothing_recorded, no_population, no_holdings ...
);

-- Each promise on each day of its plan's year, judged: what queries ask.
create table target_days (
    plan_year smallint not null, -- year of the plan
    target_code varchar not null, -- target, as in targets/<year>.toml of the library
    branch_code varchar, -- the branch whose part this is; null: the whole promise
    day date not null, -- day it is judged at
    goal double not null, -- what is to be reached, as in force on that day
    stretch double, -- what would be better still
    done double, -- of a total, level or rate: what came about since 1 January; null never recorded
    start_value double, -- of a level: the stock on 1 January
    base double, -- of a rate: what it is divided by
    value double, -- total: done; level: the stock; rate: done / base; survey: share; compliance: worst week
    expected_share double not null, -- share of the year's work that should be done, 0 to 1
    pace_basis varchar not null, -- profile, open_days, calendar, or months: those the plan states
    expected_value double, -- where the value should be; null where a promise has no pace
    projected_value double, -- where it will be on 31 December if it goes on like this; null unknown
    lower_share double, -- of a survey: lower end of the interval
    upper_share double, -- of a survey: upper end
    status varchar not null, -- met, on_course, behind, not_met, not_shown, not_computable
    reason varchar -- why it is not computable: nothing_recorded, no_population, no_holdings ...
);
