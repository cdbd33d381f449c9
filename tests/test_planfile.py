"""What is wrong in a plan file is refused with its line and field, and the rest still counts."""

import ast
import tempfile
import tomllib
from datetime import date
from pathlib import Path

import duckdb
import pytest
from conftest import PLAN_TABLES, PLANS, Library, so_many
from hypothesis import given, settings
from hypothesis import strategies as st

from guanqing import datafiles, plan, reference, text, warehouse
from guanqing.plan import planfile, planparts, planrules
from guanqing.problems import Problem

# The entry in the middle is the one that goes wrong. Line 1 is the year, 3 the first header.
BEFORE = """year = 2031

[[targets]]
code = "trips"
kind = "total"
measure = "mobile_trip_count"
at_least = 40
unit = { zh = "场", en = "trips" }
name = { zh = "流动服务", en = "Trips" }
"""
ENTRY = """
[[targets]]
code = "lectures"
kind = "total"
measure = "lecture_count"
at_least = 24
unit = { zh = "场", en = "lectures" }
name = { zh = "讲坛", en = "Lectures" }
"""
AFTER = """
[[targets]]
code = "rate"
kind = "rate"
measure = "loan_count"
per = "holdings"
at_least = 0.4
unit = { zh = "次", en = "loans" }
name = { zh = "流通率", en = "Rate" }

[[milestones]]
code = "film"
name = { zh = "片", en = "Film" }
"""
HEADER = 11  # the line of the entry in the middle
CODE, KIND, MEASURE, AT_LEAST, UNIT, NAME, ADDED = range(12, 19)
REVISED = 'revisions = [{{ since = {}, at_least = {}, reason = {{ zh = "议", en = "so" }} }}]\n'


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a plan of 2031 and reads it."""

    def write(content):
        (tmp_path / "2031.toml").write_text(content, encoding="utf-8")
        datafiles.refresh()
        return plan.load(2031, tmp_path)

    yield write
    (tmp_path / "2031.toml").unlink(missing_ok=True)
    datafiles.refresh()


def test_a_sound_file_refuses_nothing(write):
    found = write(BEFORE + ENTRY + AFTER)
    assert list(found.targets) == ["trips", "lectures", "rate"]
    assert list(found.milestones) == ["film"]
    assert found.refused == ()


def test_the_head_says_whose_the_targets_are_and_a_target_may_say_otherwise(write):
    entry = ENTRY + 'scope = "network"\n'
    found = write('scope = "main"\n' + BEFORE + entry + AFTER)
    scopes = {code: target.scope for code, target in found.targets.items()}
    assert scopes == {"trips": "main", "lectures": "network", "rate": "main"}
    assert {target.scope for target in write(BEFORE + ENTRY + AFTER).targets.values()} == {
        "network"
    }


def test_a_head_that_says_what_is_nobody_is_refused_and_the_targets_count(write):
    found = write('scope = "city"\n' + BEFORE + ENTRY + AFTER)
    (refusal,) = found.refused
    assert (refusal.line, refusal.field, refusal.why) == (1, "scope", "unknown_scope")
    assert len(found.targets) == 3


# What a line of the entry is replaced by (or what stands after it), where it is then refused, why.
WRONG = {
    "of nobody": ("", 'scope = "county"\n', ADDED, "scope", "unknown_scope"),
    "no code": ('code = "lectures"\n', "", HEADER, "code", "missing"),
    "no kind": ('kind = "total"\n', "", HEADER, "kind", "missing"),
    "no measure": ('measure = "lecture_count"\n', "", HEADER, "measure", "missing"),
    "no number": ("at_least = 24\n", "", HEADER, "at_least", "missing"),
    "no unit": ('unit = { zh = "场", en = "lectures" }\n', "", HEADER, "unit", "missing"),
    "no name": ('name = { zh = "讲坛", en = "Lectures" }\n', "", HEADER, "name", "missing"),
    "misspelt field": ("", "strech = 60\n", ADDED, "strech", "unknown_field"),
    "number as text": ("at_least = 24", 'at_least = "24"', AT_LEAST, "at_least", "wrong_type"),
    "number as yes": ("at_least = 24", "at_least = true", AT_LEAST, "at_least", "wrong_type"),
    "text as number": ('code = "lectures"', "code = 7", CODE, "code", "wrong_type"),
    "yes as number": ("", "every_week = 1\n", ADDED, "every_week", "wrong_type"),
    "words as text": ("", 'note = "外聘"\n', ADDED, "note", "wrong_type"),
    "one language": (', en = "Lectures" }', " }", NAME, "name", "words"),
    "a third language": ('en = "lectures" }', 'en = "x", fr = "y" }', UNIT, "unit", "words"),
    "words that are numbers": ('zh = "讲坛"', "zh = 1", NAME, "name", "words"),
    "unknown kind": ('"total"', '"totall"', KIND, "kind", "unknown_kind"),
    "unknown measure": ("lecture_count", "lecture", MEASURE, "measure", "unknown_measure"),
    "hours as a total": ("lecture_count", "opening_hours", MEASURE, "measure", "unknown_measure"),
    "a count as a survey": ('"total"', '"survey"', MEASURE, "measure", "unknown_measure"),
    "a rate of nothing": ('"total"', '"rate"', HEADER, "per", "no_base"),
    "a wave of no survey": ("", 'wave = "2019"\n', ADDED, "wave", "wave_unasked"),
    "a total of something": ("", 'per = "holdings"\n', ADDED, "per", "base_unasked"),
    "unknown base": ('"total"', '"rate"\nper = "books"', KIND + 1, "per", "unknown_base"),
    "hours as a base": ('"total"', '"rate"\nper = "opening_hours"', 14, "per", "unknown_base"),
    "0 to reach": ("= 24", "= 0", AT_LEAST, "at_least", "out_of_range"),
    "less than nothing": ("= 24", "= -24", AT_LEAST, "at_least", "out_of_range"),
    "no number at all": ("= 24", "= nan", AT_LEAST, "at_least", "out_of_range"),
    "infinity": ("= 24", "= inf", AT_LEAST, "at_least", "out_of_range"),
    "stretch below": ("", "stretch = 20\n", ADDED, "stretch", "stretch"),
    "stretch that is no number": ("", "stretch = nan\n", ADDED, "stretch", "stretch"),
    "unknown form": ("", 'shown_as = "percents"\n', ADDED, "shown_as", "unknown_form"),
    "a count in percent": ("", 'shown_as = "percent"\n', ADDED, "shown_as", "percent_of_count"),
    "a level of what passes": ('"total"', '"level"', KIND + 1, "measure", "unknown_measure"),
    "code of another": ('"lectures"', '"trips"', CODE, "code", "twice"),
    "a 13th month": ("", "by_month = { 13 = 2 }\n", ADDED, "by_month", "month"),
    "a month by name": ("", "by_month = { June = 2 }\n", ADDED, "by_month", "month"),
    "a raised digit": ("", 'by_month = { "³" = 2 }\n', ADDED, "by_month", "month"),
    "a month taken back": ("", "by_month = { 3 = 9, 4 = -2 }\n", ADDED, "by_month", "month"),
    "months of nothing": ("", "by_month = { 3 = 0 }\n", ADDED, "by_month", "month"),
    "no month": ("", "by_month = {}\n", ADDED, "by_month", "month"),
    "a branch's nothing": ("", "by_branch = { JZ = 0 }\n", ADDED, "by_branch", "out_of_range"),
    "a branch's word": ("", 'by_branch = { JZ = "2" }\n', ADDED, "by_branch", "out_of_range"),
    "no day": ("", REVISED.format("7", "30"), ADDED, "revisions", "revision_day"),
    "a day of another year": (
        "",
        REVISED.format("2030-07-01", "30"),
        ADDED,
        "revisions",
        "revision_day",
    ),
    "New Year's Day": ("", REVISED.format("2031-01-01", "30"), ADDED, "revisions", "revision_day"),
    "a moment": (
        "",
        REVISED.format("2031-07-01T08:00:00", "30"),
        ADDED,
        "revisions",
        "revision_day",
    ),
    "revised to nothing": (
        "",
        REVISED.format("2031-07-01", "0"),
        ADDED,
        "revisions",
        "out_of_range",
    ),
    "revised without a reason": (
        "",
        "revisions = [{ since = 2031-07-01, at_least = 30 }]\n",
        ADDED,
        "revisions",
        "revision_reason",
    ),
    "revised by a misspelt field": (
        "",
        REVISED.format("2031-07-01", "30, strech = 40"),
        ADDED,
        "revisions",
        "unknown_field",
    ),
    "a stretch below what is revised": (
        "",
        REVISED.format("2031-07-01", "30, stretch = 30"),
        ADDED,
        "revisions",
        "stretch",
    ),
    "no list of revisions": ("", "revisions = [30]\n", ADDED, "revisions", "wrong_type"),
}
QUALITY = {
    "unknown field": ('field = "speaker", at_least = 1', "quality_field"),
    "no field": ("at_least = 1", "quality_field"),
    "nothing asked": ('field = "work_count"', "quality_test"),
    "two things asked": ('field = "work_count", at_least = 2, one_of = ["x"]', "quality_test"),
    "codes of a number": ('field = "work_count", one_of = ["200"]', "quality_test"),
    "a number as text": ('field = "work_count", at_least = "200"', "quality_test"),
    "a number of a code": ('field = "speaker_rank", at_least = 2', "quality_test"),
    "an unknown code": ('field = "speaker_rank", one_of = ["vice_senoir"]', "quality_test"),
    "a code that is no list": ('field = "speaker_rank", one_of = "vice_senior"', "quality_test"),
    "no code": ('field = "speaker_rank", one_of = []', "quality_test"),
    "a misspelt test": ('field = "work_count", at_leats = 200', "unknown_field"),
}
WRONG |= {
    f"quality: {name}": ("", f"quality = [{{ {words} }}]\n", ADDED, "quality", why)
    for name, (words, why) in QUALITY.items()
} | {"quality: no conditions": ("", 'quality = ["x"]\n', ADDED, "quality", "wrong_type")}


@pytest.mark.parametrize(("old", "new", "line", "field", "why"), WRONG.values(), ids=WRONG)
def test_a_wrong_entry_is_refused_where_it_is_wrong_and_the_others_count(
    old, new, line, field, why, write
):
    assert not old or old in ENTRY
    entry = ENTRY.replace(old, new, 1) if old else ENTRY + new
    found = write(BEFORE + entry + AFTER)
    (refusal,) = found.refused
    assert (refusal.line, refusal.field, refusal.why) == (line, field, why)
    assert refusal.code == tomllib.loads(entry)["targets"][0].get("code", "") or field == "code"
    assert list(found.targets) == ["trips", "rate"]
    assert list(found.milestones) == ["film"]


@pytest.mark.parametrize(
    ("old", "new", "counted", "near"),
    [
        ("lecture_count", "lectures_cuont", "lecture_count", "lecture_count"),
        ("lecture_count", "xyzzy", "", ""),
        ('"total"', '"rate"\nper = "holding"', "lecture_count per holdings", "holdings"),
        ('"total"', '"rate"\nper = "xyzzy"', "", ""),
        ("lecture_count", "opening_hours", "opening_hours", ""),  # known, but of another kind
    ],
)
def test_a_mistyped_measure_is_taken_for_the_one_it_is_like(old, new, counted, near, write):
    (refusal,) = write(BEFORE + ENTRY.replace(old, new) + AFTER).refused
    assert (refusal.counted, refusal.near) == (counted, near)


@pytest.mark.parametrize("unit", ["a|b|c", "|persons", "person|"])
def test_a_unit_has_one_form_or_two(unit, write):
    (refusal,) = write(BEFORE + ENTRY.replace('en = "lectures"', f'en = "{unit}"') + AFTER).refused
    assert (refusal.field, refusal.why) == ("unit", "unit_forms")


def test_a_unit_is_no_number(write):
    entry = ENTRY.replace('en = "lectures"', 'en = "30"')
    (refusal,) = write(BEFORE + entry + AFTER).refused
    assert (refusal.field, refusal.why) == ("unit", "unit_number")


def test_a_refused_target_keeps_its_name_as_far_as_it_has_one(write):
    refusal = write(BEFORE + ENTRY.replace("= 24", "= 0") + AFTER).refused[0]
    assert refusal.name == {"zh": "讲坛", "en": "Lectures"}
    assert (refusal.code, refusal.value) == ("lectures", "0")
    refusal = write(BEFORE + ENTRY.replace(', en = "Lectures"', "") + AFTER).refused[0]
    assert refusal.name is None


@pytest.mark.parametrize(
    ("line", "field", "why"),
    [
        ("due = 2031-06-30T08:00:00", "due", "wrong_type"),
        ('due = "2031-06-30"', "due", "wrong_type"),
        ("due = 2032-01-01", "due", "due_year"),
        ("at_least = 3", "at_least", "unknown_field"),
        ('owner = { zh = "办公室" }', "owner", "words"),
    ],
)
def test_a_wrong_milestone_is_refused_as_well(line, field, why, write):
    found = write(BEFORE + ENTRY + AFTER + line + "\n")
    last = BEFORE.count("\n") + ENTRY.count("\n") + AFTER.count("\n") + 1
    assert [(r.code, r.line, r.field, r.why) for r in found.refused] == [("film", last, field, why)]
    assert (len(found.targets), len(found.milestones)) == (3, 0)


def test_what_cannot_be_told_by_branch_has_no_parts(write):
    entry = ENTRY.replace("lecture_count", "web_visit_count") + "by_branch = { JZ = 9 }\n"
    (refusal,) = write(BEFORE + entry + AFTER).refused
    assert (refusal.line, refusal.why, refusal.value) == (ADDED, "not_by_branch", "web_visit_count")


@pytest.mark.parametrize(("code", "near"), [("JX", "JZ"), ("jz", "JZ"), ("总馆", ""), ("JZ", None)])
def test_a_part_of_a_branch_nobody_knows_is_refused_with_the_one_it_is_like(
    code, near, write, tmp_path
):
    entry = ENTRY + f'by_branch = {{ TG = 2, "{code}" = 20 }}\n'
    write(BEFORE + entry + AFTER)
    found = plan.load(2031, tmp_path, ["JZ", "TG"])
    said = [(one.field, one.why, one.value, one.near) for one in found.refused]
    assert said == ([("by_branch", "unknown_branch", code, near)] if near is not None else [])
    assert len(plan.load(2031, tmp_path).targets) == 3, "where no branch is known any will do"


@pytest.mark.parametrize(
    ("parts", "doubt"),
    [
        ("by_month = { 3 = 10, 4 = 14 }", None),
        ("by_month = { 3 = 10, 4 = 20 }\nstretch = 30", None),
        ("by_month = { 3 = 10, 4 = 20 }\n" + REVISED.format("2031-07-01", 30), None),
        ("by_month = { 3 = 10, 4 = 13 }", ("by_month", "months_apart", "23")),
        ("by_branch = { JZ = 20, TG = 4 }", None),
        ("by_branch = { JZ = 2000, TG = 5.5 }", ("by_branch", "branches_apart", "2,005.5")),
    ],
)
def test_parts_that_do_not_add_up_are_used_and_said(parts, doubt, write):
    written = BEFORE + ENTRY + parts.replace("{{", "{").replace("}}", "}") + "\n" + AFTER
    assert len(write(written).targets) == 3
    found = [(one.field, one.why, one.value) for one in planfile.read(2031, written).doubts]
    assert found == ([doubt] if doubt else [])


def test_nobody_knows_how_many_a_branch_serves(write):
    parts = 'per = "population"\nby_branch = { JZ = 9 }\n'
    entry = ENTRY.replace('"total"', '"rate"').replace("lecture_count", "visit_count") + parts
    (refusal,) = write(BEFORE + entry + AFTER).refused
    assert (refusal.field, refusal.why, refusal.value) == (
        "by_branch",
        "not_by_branch",
        "population",
    )


def test_a_share_of_answers_is_1_at_most(write):
    entry = ENTRY.replace('"total"', '"survey"').replace("lecture_count", "reader_satisfaction")
    (refusal,) = write(BEFORE + entry + AFTER).refused
    assert (refusal.line, refusal.why) == (AT_LEAST, "out_of_range")
    assert write(BEFORE + entry.replace("= 24", "= 0.85") + AFTER).refused == ()


def test_two_revisions_of_one_day_are_refused_since_neither_is_the_later(write):
    one = '{ since = 2031-07-01, at_least = 30, reason = { zh = "议", en = "so" } }'
    (refusal,) = write(BEFORE + ENTRY + f"revisions = [{one}, {one}]\n" + AFTER).refused
    assert (refusal.why, refusal.value) == ("revision_day", "2031-07-01")


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("year = 2031", "year = 2030", 1, "year"),
        ("year = 2031", 'year = "2031?"', 1, "year"),
        ("year = 2031", "", 1, "year"),
        ("year = 2031", "year = 2031\nyaer = 2031", 2, "unknown_field"),
        ("[[milestones]]", "[[milestnes]]", 28, "unknown_field"),
    ],
)
def test_what_is_wrong_of_the_file_itself_is_said_and_what_can_be_read_counts(
    old, new, line, why, write
):
    found = write((BEFORE + ENTRY + AFTER).replace(old, new))
    assert [(refusal.line, refusal.why) for refusal in found.refused] == [(line, why)]
    assert list(found.targets) == ["trips", "lectures", "rate"]


@pytest.mark.parametrize(
    "content", ["targets = 3\n", "targets = [3]\n", "[targets]\ncode = 'x'\n", "milestones = 'x'\n"]
)
def test_a_list_that_is_no_list_is_refused(content, write):
    found = write(f"year = 2031\n{content}")
    assert [(refusal.line, refusal.why) for refusal in found.refused] == [(2, "wrong_type")]
    assert (found.targets, found.milestones) == ({}, {})


def test_an_entry_is_found_however_its_fields_are_written(write):
    content = """year = 2031
  [[ targets ]]  # spread out
code = "lectures"
kind = "total"
measure = "lecture_count"
at_least = 24
    [targets.name]
    zh = "讲坛"
    [targets.unit]
    zh = "场"
    en = "lectures"
"""
    (refusal,) = write(content).refused
    assert (refusal.code, refusal.line, refusal.why) == ("lectures", 7, "words")


@pytest.mark.parametrize("content", [b"year = 2031\nyear = 2031\n", b"year = [", b"\xff\xfe\x00"])
def test_a_file_that_is_no_toml_is_a_problem_with_its_name(content, tmp_path):
    (tmp_path / "2031.toml").write_bytes(content)
    with pytest.raises(Problem) as problem:
        plan.load(2031, tmp_path)
    assert problem.value.key == "problem.data_file_broken"
    assert problem.value.values["path"].endswith("2031.toml")
    (tmp_path / "2031.toml").unlink()
    datafiles.refresh()


# --- every reason has its words


def reasons() -> set[str]:
    """Return the reasons the code gives: the second part of a fault, the fourth of a Refusal."""
    files = (planfile.__file__, planparts.__file__, planrules.__file__)
    source = "\n".join(Path(file).read_text(encoding="utf-8") for file in files)
    given: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        is_fault = isinstance(node, ast.Yield) or ast.unparse(node).startswith("wrong = (")
        if is_fault and isinstance(node.value, ast.Tuple):
            given.append(node.value.elts[1])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
            given.append(node.args[3])
    return {str(why.value) for why in given if isinstance(why, ast.Constant)}


def test_every_reason_is_said_in_words_that_name_the_value_if_any():
    stated = {key.removeprefix("planfile.") for key in text.load() if key.startswith("planfile.")}
    # the same reason, where the value is like one there is
    like = {why for why in stated if why.endswith("_near")}
    stated -= like
    assert {why.removesuffix("_near") for why in like} == {
        *("unknown_measure", "unknown_base", "unknown_branch")
    }
    assert stated == reasons()
    elsewhere = {
        "unknown_branch",
        "months_apart",
        "branches_apart",
        "year",
        "not_by_branch",
        "unreadable",
        "unit_forms",
        "unit_number",
        "due_year",
    }
    assert {why for *_, why in WRONG.values()} | elsewhere == stated
    for why in stated | like:
        for language in text.LANGUAGES:
            assert text.translate(f"planfile.{why}", language, value="24", near="25")


# --- one slip of the hand in the plan there is

SOURCE = (PLANS / "2019.toml").read_text(encoding="utf-8")
LINES = SOURCE.split("\n")
WRITTEN = [n for n, line in enumerate(LINES) if line.strip() and not line.startswith("#")]
HEADERS = [n for n, line in enumerate(LINES) if line.startswith("[[")]


def entry_around(place: int) -> range:
    """Return the lines, counted from 1, of the entry that a line counted from 0 belongs to.

    Without its header an entry is part of the one before, and so is what is then wrong.
    """
    starts = [0, *HEADERS]
    first = max(n for n in starts if n <= place)
    after = [n for n in starts if n > place]
    end = after[0] if after else len(LINES)
    if place == first:
        first = max([n for n in starts if n < place], default=0)
    return range(first + 1, end + 2)


def read(content: str) -> plan.Plan | Problem:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "2019.toml").write_text(content, encoding="utf-8")
        try:
            return plan.load(2019, Path(folder))
        except Problem as problem:
            return problem


@pytest.fixture(scope="module")
def engine():
    """Return an engine with the tables of plans, as they are when a library is opened."""
    with duckdb.connect(config=warehouse.SAFE) as connection:
        connection.execute(reference.PLAN_TABLES)
        yield connection


def holds(engine: duckdb.DuckDBPyConnection, found: plan.Plan) -> None:
    """Say that the engine takes what was read, and that whoever shows it finds its words."""
    for table in PLAN_TABLES:
        engine.execute(f"delete from {table}")
    reference.insert_plan(engine, found)
    for target in found.targets.values():
        assert target.at(date(2019, 6, 30))[0] > 0
        for words in (target.name, target.unit):
            assert all(isinstance(words[language], str) for language in text.LANGUAGES)


def check(content: str, place: int, engine: duckdb.DuckDBPyConnection) -> None:
    found = read(content)
    if isinstance(found, Problem):
        assert found.key == "problem.data_file_broken"
        line = int(str(found.values["line"]))
        assert line in entry_around(place) or line >= len(LINES)
        return
    for refusal in found.refused:
        assert refusal.line in entry_around(place), (refusal, LINES[place])
        assert f"planfile.{refusal.why}" in text.load()
    holds(engine, found)
    lost = 18 - len(found.targets) + 16 - len(found.milestones)
    whole_list = {"unknown_field", "wrong_type"}  # of another name, or no list: all of it is lost
    assert lost <= 1 or whole_list & {refusal.why for refusal in found.refused}
    assert not lost or found.refused


@pytest.mark.parametrize("place", WRITTEN)
def test_a_line_left_out_is_refused_where_it_is_missed_or_leaves_a_sound_plan(place, engine):
    check("\n".join(LINES[:place] + LINES[place + 1 :]), place, engine)


@pytest.mark.slow
@settings(max_examples=so_many(250))
@given(data=st.data())
def test_a_line_misspelt_is_refused_near_it_or_leaves_a_sound_plan(data, engine):
    place = data.draw(st.sampled_from(WRITTEN), label="line")
    line = LINES[place]
    at = data.draw(st.integers(0, len(line)), label="from")
    to = data.draw(st.integers(at, min(at + 3, len(line))), label="to")
    put = data.draw(st.text(st.sampled_from("aex019._-=[]{}\"',# \tTé馆"), max_size=3), label="put")
    misspelt = line[:at] + put + line[to:]
    check("\n".join([*LINES[:place], misspelt, *LINES[place + 1 :]]), place, engine)


def test_a_plan_with_a_fault_still_opens_with_the_library(library: Library, tmp_path):
    content = SOURCE.replace("at_least = 24", "at_least = 0")
    found = read(content)
    assert isinstance(found, plan.Plan)
    assert [refusal.code for refusal in found.refused] == ["lectures"]
    library.promise(found)
    codes = library.ask("plan_progress")["target_code"].to_list()
    assert len(codes) == 17
    assert "lectures" not in codes


def test_a_file_nested_too_deeply_to_be_read_is_no_toml():
    deep = "a = " + "[" * 5000 + "]" * 5000
    with pytest.raises(ValueError, match="Nested too deeply"):
        planfile.read(2031, deep)
