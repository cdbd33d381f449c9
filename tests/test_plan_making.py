"""A plan as people write it: what is read, what is refused by line and field, what is saved."""

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import so_many
from hypothesis import given, settings
from hypothesis import strategies as st

from guanqing import disk, own, plan
from guanqing.intake import plan_sheets
from guanqing.plan import planfile
from guanqing.plan.making import drafts, rows, saving, values, writing
from guanqing.plan.making.cells import Made, entry_of
from guanqing.plan.making.columns import choices, desk
from guanqing.plan.making.drafts import Draft
from guanqing.plan.making.laying import Laid, lay_over
from guanqing.plan.making.rebasing import WHOLE, clashes, rebased
from guanqing.plan.making.showing import cells_of, promise
from guanqing.plan.making.words import because
from guanqing.plan.planrules import TARGET_FIELDS
from guanqing.problems import Problem
from guanqing.text import translate

SHIPPED = (own.SIMULATED / "targets" / "2019.toml").read_text(encoding="utf-8")
BRANCHES = {"JZ": {"zh": "晋中市图书馆", "en": "Jinzhong"}, "YC": {"zh": "榆次", "en": "Yuci"}}
LECTURES = {
    "kind": "累计",
    "name_zh": "凤鸣讲坛",
    "measure": "讲座场次",
    "at_least": "24",
    "unit_zh": "场",
}


def made(year: int = 2020, language: str = "zh", **cells: str) -> Made:
    return entry_of(year, LECTURES | cells, language=language, branches=BRANCHES)


def faults(**cells: str) -> list[tuple[str, str]]:
    return [(fault.column, fault.why) for fault in made(**cells).faults]


def laid(text: str, draft: Draft | None = None, *, only: bool = False) -> Laid:
    sheet = rows.read(text, language="zh")
    return lay_over(draft or Draft(2020), sheet, language="zh", branches=BRANCHES, only=only)


# --- the file


def test_a_plan_that_is_written_again_says_the_same() -> None:
    draft = drafts.drafted(2019, SHIPPED)
    assert tomllib.loads(draft.text) == tomllib.loads(SHIPPED)
    assert planfile.read(2019, draft.text) == planfile.read(2019, SHIPPED)


def test_the_comments_above_a_plan_stay() -> None:
    text = "# why\n#\n# and how\n\nyear = 2020\n# not this\n"
    assert writing.head_of(text) == "# why\n#\n# and how"
    assert writing.toml({"year": 2020}, "# why") == "# why\n\nyear = 2020\n"
    assert writing.head_of(drafts.drafted(2020, text).text) == "# why\n#\n# and how"


anything = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
numbers = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False)
simple = st.booleans() | anything | numbers | st.dates()
inline = st.lists(simple, max_size=3) | st.dictionaries(anything, simple, max_size=3)
entries = st.dictionaries(anything, simple | inline, max_size=5)


@pytest.mark.slow
@given(st.lists(entries, max_size=3), st.lists(entries, max_size=3), st.integers(1, 9999))
@settings(max_examples=so_many(300))
def test_whatever_a_plan_holds_is_read_as_it_was(
    targets: list[dict[str, Any]], milestones: list[dict[str, Any]], year: int
) -> None:
    content = {"year": year, "targets": targets, "milestones": milestones}
    read = tomllib.loads(writing.toml(content, "# a head"))
    assert read == {name: value for name, value in content.items() if value != []}


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), max_size=12)
names = words.map(lambda said: " ".join(said.split())).filter(
    lambda said: said != "" and said.isprintable()
)
both = st.builds(lambda zh, en: {"zh": zh, "en": en}, names, names)
amounts = st.integers(1, 10**9) | st.floats(1e-6, 1e9).map(lambda value: round(value, 9))


@st.composite
def sound_targets(draw: st.DrawFn) -> dict[str, Any]:
    """Return a target that a row can say all of."""
    kind = draw(st.sampled_from(plan.KINDS))
    entry: dict[str, Any] = {
        "kind": kind,
        "measure": draw(st.sampled_from([*choices("measure", kind)])),
        "at_least": draw(st.floats(0.0001, 1).map(lambda share: round(share, 6)))
        if kind == "survey"
        else draw(amounts),
        "name": draw(both),
        "unit": draw(st.sampled_from([{"zh": "场", "en": "event|events"}, {"zh": "", "en": ""}])),
    }
    if kind == "rate":
        entry["per"] = draw(st.sampled_from([*choices("per", kind)]))
    optional = {
        "shown_as": st.sampled_from(
            ["number", "ratio"] + ["percent"] * (kind in ("rate", "survey"))
        ),
        "scope": st.sampled_from(["main", "network"]),
        "owner": both,
        "clause": both,
        "note": both,
        "by_month": st.dictionaries(st.integers(1, 12).map(str), amounts, min_size=1),
        "quality": st.lists(
            st.sampled_from(
                [
                    {"field": "wall_metres", "at_least": 200.5},
                    {"field": "attendance_count", "at_least": 30},
                    {"field": "speaker_rank", "one_of": ["full_senior", "other"]},
                    {"field": "place_kind", "one_of": ["barracks"]},
                ]
            ),
            min_size=1,
            max_size=3,
        ),
    }
    if kind == "total":
        optional["every_week"] = st.booleans()
    for name, strategy in optional.items():
        if draw(st.booleans()):
            entry[name] = draw(strategy)
    return entry


@pytest.mark.slow
@given(sound_targets(), st.sampled_from(["zh", "en"]))
@settings(max_examples=so_many(300))
def test_a_target_as_a_row_makes_the_same_target(entry: dict[str, Any], language: str) -> None:
    again = entry_of(2020, cells_of(entry, language), language=language)
    assert (again.faults, again.entry) == ((), entry)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_plan_of_2019_as_rows_makes_the_same_plan(language: str) -> None:
    draft = drafts.drafted(2019, SHIPPED)
    said = [cells_of(one, language) for t in drafts.TABLES for one in draft.entries(t)]
    headers = [*desk().columns]
    lines = ["\t".join(row.get(name, "") for name in headers) for row in said]
    sheet = rows.read("\n".join(["\t".join(headers), *lines]), language=language)
    again = lay_over(draft, sheet, language=language, only=True)
    assert again.faults == []
    assert again.draft == draft


fields = st.dictionaries(
    st.sampled_from([*TARGET_FIELDS, "due", "x"]), simple | inline, min_size=1, max_size=6
)


@pytest.mark.slow
@given(fields, st.sampled_from(["zh", "en"]))
@settings(max_examples=so_many(300))
def test_what_a_hand_wrote_wrongly_can_be_shown_and_made_right(
    entry: dict[str, Any], language: str
) -> None:
    draft = drafts.with_codes(Draft(2020, "main", (entry,)))
    said = cells_of(draft.targets[0], language)
    assert all(isinstance(words, str) for words in said.values())
    found = entry_of(2020, said, language=language)  # whatever it finds, it does not fall over
    assert found.faults or found.entry
    assert drafts.refusals(draft) or plan.of_text(2020, draft.text).targets
    right = drafts.with_entry(draft, made(), str(draft.targets[0]["code"]))
    kept = right.targets[0].get("revisions")
    assert kept is not None or drafts.refusals(right) == ()


# --- what is taught


@pytest.mark.parametrize("code", [*desk().kinds, *desk().ways])
def test_every_example_makes_a_sound_target(code: str) -> None:
    shape = desk().kinds.get(code) or desk().ways[code]
    cells = {"kind": shape.kind or code} | shape.example
    named = {"YC": BRANCHES["YC"], "ZT": {"zh": "中都", "en": "Zhongdu"}}  # by the example
    found = entry_of(2020, cells, language="zh", branches=named)
    assert found.faults == ()
    for language in ("zh", "en"):
        again = entry_of(2020, cells_of(found.entry, language), language=language)
        assert again.entry == found.entry


def test_a_goal_is_read_in_groups_and_means_the_same() -> None:
    entry = made(at_least="13000", by_month="3=1200.5；4=11799.5").entry
    assert promise(entry, "zh") == "13,000 场"
    assert cells_of(entry, "zh")["at_least"] == "13000"
    for language in ("zh", "en"):
        grouped = cells_of(entry, language, grouped=True)
        assert entry_of(2020, grouped, language=language).entry == entry
    assert promise({"due": date(2020, 6, 30)}, "zh") == "2020-06-30"


def test_a_day_is_asked_for_by_one_of_the_plan_s_year() -> None:
    milestone = {"kind": "年度任务", "name_zh": "修缮", "due": "年底"}
    (fault,) = entry_of(2031, milestone, language="zh").faults
    words = translate(because(fault.why, fault.near), "zh", value="", near=fault.near)
    assert "2031-06-30" in words
    assert "2031-06-30" in desk().columns["due"].hint("en", 2031)


def test_a_workbook_can_be_pasted_back() -> None:
    draft = drafts.drafted(2019, SHIPPED)
    said = [cells_of(one, "zh") for t in drafts.TABLES for one in draft.entries(t)]
    assert plan_sheets.workbook(said, "zh", 2019).startswith(b"PK")


# --- numbers and days as people write them


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("24", 24),
        ("２４", 24),
        (" 13,000 ", 13000),
        ("１３，０００", 13000),
        ("1.3万", 13000),
        ("85%", 0.85),
        ("85％", 0.85),
        ("0.40", 0.4),
        ("-3", -3),
    ],
)
def test_a_number_is_read_as_a_person_means_it(word: str, value: float) -> None:
    assert values.number(word) == value
    assert type(values.number(word)) is type(value)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "24场",
        "1,3",
        "=1+1",
        "1e9",
        "nan",
        "inf",
        "∞",
        "二十四",
        "1 000",
        "9" * 5000,
        "0x10",
        "10²",
        "⑩",
    ],
)
def test_what_is_no_number_is_none(word: str) -> None:
    assert values.number(word) is None


@pytest.mark.parametrize("word", ["2020-06-30", "2020/6/30", "2020年6月30日", "２０２０．６．３０"])
def test_a_day_is_read_as_a_person_means_it(word: str) -> None:
    assert values.day(word) == date(2020, 6, 30)


@pytest.mark.parametrize("word", ["2020-02-30", "6月30日", "年底", "20200630", "2020-6"])
def test_what_is_no_day_is_none(word: str) -> None:
    assert values.day(word) is None


# --- what is wrong, by field


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"kind": ""}, [("kind", "missing")]),
        ({"kind": "累积"}, [("kind", "unknown_kind")]),
        ({"measure": "讲坐场次"}, [("measure", "unknown_measure")]),
        ({"measure": "读者满意度"}, [("measure", "unknown_measure")]),  # of another kind
        ({"measure": ""}, [("measure", "missing")]),
        ({"name_zh": ""}, [("name_zh", "missing")]),
        ({"at_least": "24场"}, [("at_least", "no_number")]),
        ({"at_least": "=SUM(A1:A9)"}, [("at_least", "no_number")]),
        ({"at_least": "0"}, [("at_least", "out_of_range")]),
        ({"at_least": "9" * 16}, [("at_least", "out_of_range")]),
        ({"stretch": "20"}, [("stretch", "stretch")]),
        ({"at_least": "85％"}, [("at_least", "percent_of_count")]),
        ({"shown_as": "百分比"}, [("shown_as", "percent_of_count")]),
        ({"unit_zh": "３０"}, [("unit_zh", "unit_number")]),
        ({"kind": "存量"}, [("measure", "unknown_measure")]),  # lectures are never lost again
        ({"per": "馆藏"}, [("per", "not_of_kind")]),
        ({"kind": "比率"}, [("per", "no_base")]),
        ({"kind": "比率", "per": "人头"}, [("per", "unknown_base")]),
        ({"scope": "分馆"}, [("scope", "unknown_scope")]),
        ({"shown_as": "分数"}, [("shown_as", "unknown_shown_as")]),
        ({"every_week": "也许"}, [("every_week", "unknown_every_week")]),
        ({"by_month": "13月=2"}, [("by_month", "no_months")]),
        ({"by_month": "3月=2；3月=4"}, [("by_month", "no_months")]),
        ({"by_month": "3月=0"}, [("by_month", "month")]),
        ({"by_branch": "XX=2"}, [("by_branch", "no_branch")]),
        ({"by_branch": "JZ=多"}, [("by_branch", "no_number")]),
        ({"measure": "网站访问量", "by_branch": "JZ=2"}, [("by_branch", "not_by_branch")]),
        ({"quality": "展线≥"}, [("quality", "no_condition")]),
        ({"quality": "主讲人职称职务=院士"}, [("quality", "no_condition")]),
        ({"code": "讲 坛"}, [("code", "code")]),
        ({"unit_en": "a|b|c"}, [("unit_zh", "unit_forms")]),
        ({"name_zh": "长" * 601}, [("name_zh", "too_long")]),
        ({"kind": "年度任务", "measure": "", "at_least": "", "unit_zh": "", "due": "年底"},
         [("due", "no_day")]),
        ({"kind": "年度任务", "measure": "", "at_least": "", "unit_zh": "", "due": "2021-01-01"},
         [("due", "due_year")]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_field(
    cells: dict[str, str], found: list[tuple[str, str]]
) -> None:
    assert faults(**cells) == found


def test_everything_wrong_with_a_row_is_told_at_once() -> None:
    wrong = faults(measure="讲坐场次", at_least="很多", scope="哪里", by_month="十三月")
    assert [column for column, _ in wrong] == ["measure", "at_least", "scope", "by_month"]


def test_a_measure_nobody_knows_is_taken_for_the_one_most_like_it() -> None:
    (fault,) = made(measure="讲坐场次").faults
    assert fault.near == "讲座场次"
    (fault,) = made(measure="lecture count", language="en").faults
    assert fault.near == "lectures"


def test_a_branch_nobody_knows_is_taken_for_the_one_most_like_it() -> None:
    branches = {"YC": {"zh": "榆次馆", "en": "Yuci"}, "ZT": {"zh": "张庄分馆", "en": "Zhangzhuang"}}
    for said, near in (("YV=2", "YC"), ("张庄馆=2", "张庄分馆"), ("晋祠=2", "")):
        (fault,) = entry_of(
            2020, LECTURES | {"by_branch": said}, language="zh", branches=branches
        ).faults
        assert (fault.why, fault.near) == ("no_branch", near)


def test_words_in_one_language_stand_in_both() -> None:
    entry = made(owner_en="Events").entry
    assert entry["name"] == {"zh": "凤鸣讲坛", "en": "凤鸣讲坛"}
    assert entry["owner"] == {"zh": "Events", "en": "Events"}


HOSTILE = "<b>![x](http://127.0.0.1/x)</b> [red]`=1+1`[/red] $x$ :red[y] \"'\\"


def test_whatever_people_write_is_words(tmp_path: Path) -> None:
    entry = made(name_zh=HOSTILE, clause_zh="a\x00b\u202e c\r\n\td").entry
    assert entry["name"]["zh"] == HOSTILE
    assert entry["clause"]["zh"] == "a b c d"
    draft = drafts.with_entry(Draft(2020), made(name_zh=HOSTILE))
    saved = saving.save(
        tmp_path, 2020, draft.text, base="", by=HOSTILE, why="\n#x", is_simulated=False
    )
    assert saved.stamp is not None
    assert (saved.stamp.by, saved.stamp.why) == (HOSTILE, "\n#x")
    again = saving.current(tmp_path, 2020)
    assert again == saved
    (target,) = plan.load(2020, tmp_path).targets.values()
    assert target.name["zh"] == HOSTILE


# --- pasted


HEADER = "指标\t目标值\t种类\t名称\t单位"


def test_columns_come_in_any_order_and_in_either_language() -> None:
    chinese = laid(f"{HEADER}\n讲座场次\t24\t累计\t讲坛\t场")
    english = laid("Kind\tGoal\tname\tMeasure\tUnit\ncount\t24\t讲坛\tlectures\t场")
    assert chinese.faults == english.faults == []
    assert chinese.draft.targets == english.draft.targets


def test_what_stands_above_the_header_and_blank_lines_are_passed_over() -> None:
    found = laid(f"\n2020年工作目标\t\t\n\n{HEADER}\n\n讲座场次\t24\t累计\t讲坛\t场\n\n")
    assert [(line.number, line.faults) for line in found.lines] == [(6, ())]


def test_a_fault_is_named_by_its_line_and_nothing_is_dropped_silently() -> None:
    found = laid(f"{HEADER}\t随便\n讲座场次\t24\t累计\t讲坛\t场\n讲座\t多\t累计\t二\t场\n")
    assert [(number, fault.column) for number, fault in found.faults] == [
        (3, "measure"),
        (3, "at_least"),
    ]
    assert found.unknown == ("随便",)


def test_a_table_without_what_must_be_there_says_so() -> None:
    with pytest.raises(Problem, match="plan_no_header"):
        laid("讲座场次\t24\t累计\t讲坛")
    with pytest.raises(Problem, match="plan_no_header"):
        laid("种类\t目标值\n累计\t24")
    with pytest.raises(Problem, match="plan_column_twice"):
        laid(f"{HEADER}\t目标数\n")
    with pytest.raises(Problem, match="paste_too_long"):
        laid(HEADER + "\nx" * 600)
    assert laid("  \n\t\n").lines == ()


def test_one_thing_said_twice_is_refused() -> None:
    line = "讲座场次\t24\t累计\t讲坛\t场"
    assert [(n, f.why) for n, f in laid(f"{HEADER}\n{line}\n{line}").faults] == [(3, "name_twice")]
    coded = laid(f"代码\t{HEADER}\na\t{line}\na\t{line.replace('讲坛', '别的')}")
    assert [(n, f.why) for n, f in coded.faults] == [(3, "twice")]


def test_twelve_columns_are_the_months() -> None:
    months = "\t".join(f"{month}月" for month in range(1, 13))
    found = laid(f"{HEADER}\t{months}\n讲座场次\t24\t累计\t讲坛\t场\t\t\t2\t３\n")
    assert found.draft.targets[0]["by_month"] == {"3": 2, "4": 3}


def test_a_mark_in_a_cell_does_not_swallow_the_lines_below() -> None:
    found = laid(f'{HEADER}\n讲座场次\t24\t累计\t"读书\t场\n展览场次\t12\t累计\t展览\t场\n')
    assert [one["name"]["zh"] for one in found.draft.targets] == ['"读书', "展览"]


def test_a_column_that_is_not_there_leaves_what_is() -> None:
    draft = drafts.drafted(2019, SHIPPED)
    found = lay_over(
        draft,
        rows.read(f"{HEADER}\n讲座场次\t30\t累计\t凤鸣讲坛\t场", language="zh"),
        language="zh",
    )
    was, now = draft.find("lectures"), found.draft.find("lectures")
    assert was is not None
    assert now is not None
    assert now[1] == was[1] | {"at_least": 30}
    assert found.draft.milestones == draft.milestones
    only = lay_over(
        draft,
        rows.read(f"{HEADER}\n讲座场次\t30\t累计\t凤鸣讲坛\t场", language="zh"),
        language="zh",
        only=True,
    )
    assert [one["code"] for one in only.draft.targets] == ["lectures"]
    assert only.draft.milestones == ()


def test_a_blank_cell_takes_away_what_was_said() -> None:
    draft = drafts.drafted(2019, SHIPPED)
    text = f"{HEADER}\t要求\n讲座场次\t30\t累计\t凤鸣讲坛\t场\t"
    found = lay_over(draft, rows.read(text, language="zh"), language="zh").draft.find("lectures")
    assert found is not None
    assert "clause" not in found[1]


def test_codes_are_new_ones_or_those_a_name_had_before() -> None:
    two = (
        f"{HEADER}\n讲座场次\t24\t累计\t讲坛\t场\n讲座场次\t2\t累计\t大讲坛\t场\n\t\t任务\tFilm\t\n"
    )
    assert [one["code"] for t in drafts.TABLES for one in laid(two).draft.entries(t)] == [
        "lecture_count",
        "lecture_count_2",
        "film",
    ]
    known = drafts.codes_of(drafts.drafted(2019, SHIPPED))
    sheet = rows.read(f"{HEADER}\n讲座场次\t24\t累计\t凤鸣讲坛\t场", language="zh")
    found = lay_over(Draft(2020), sheet, language="zh", codes=known)
    assert found.draft.targets[0]["code"] == "lectures"


def test_what_two_add_at_once_stays_and_one_name_is_one_target() -> None:
    start = Draft(2020, "main", (made().entry | {"code": "lecture_count"},))
    mine, theirs = (
        drafts.with_entry(drafts.with_entry(start, made(name_zh="同名", at_least=goal)), one)
        for goal, one in (("5", made(name_zh="我的")), ("6", made(name_zh="别人的")))
    )
    theirs = theirs.having("targets", theirs.targets[::-1])
    mine = drafts.without(mine, "lecture_count")
    merged = rebased(mine, start, theirs)
    said = [(one["code"], one["name"]["zh"], one["at_least"]) for one in merged.targets]
    assert said == [
        ("lecture_count_2", "同名", 5),
        ("lecture_count_4", "我的", 24),
        ("lecture_count_3", "别人的", 24),
    ]
    assert rebased(mine, start, start) == mine
    assert drafts.refusals(merged) == ()


BEGUN = made().entry | {"code": "lecture_count"}


@pytest.mark.parametrize(
    ("mine", "theirs", "merged", "clashing"),
    [
        ({"at_least": 30}, {"stretch": 40}, {"at_least": 30, "stretch": 40}, []),
        ({"at_least": 30}, {"at_least": 30}, {"at_least": 30}, []),
        ({"at_least": 30}, {"at_least": 36}, {"at_least": 30}, ["at_least"]),
        ({}, {"at_least": 36}, {"at_least": 36}, []),
        (None, {}, None, []),
        ({}, None, None, []),
        (None, {"at_least": 36}, None, [WHOLE]),
        ({"at_least": 30}, None, {"at_least": 30}, [WHOLE]),
    ],
)
def test_what_two_change_of_one_target_stays_and_what_both_change_is_asked(
    mine: dict[str, Any] | None,
    theirs: dict[str, Any] | None,
    merged: dict[str, Any] | None,
    clashing: list[str],
) -> None:
    start = Draft(2020, "main", (BEGUN,))
    changed = [Draft(2020, "main", () if one is None else (BEGUN | one,)) for one in (mine, theirs)]
    wanted = () if merged is None else (BEGUN | merged,)
    assert rebased(changed[0], start, changed[1]).targets == wanted
    assert [one.field for one in clashes(changed[0], start, changed[1])] == clashing
    # the other way round the same clashes, and whoever gives way has what the other would have
    assert [one.field for one in clashes(changed[1], start, changed[0])] == clashing
    assert rebased(changed[1], start, changed[0], theirs_hold=True).targets == wanted


def test_whose_the_plan_is_may_be_changed_by_one() -> None:
    start, mine, theirs = (Draft(2020, scope, (BEGUN,)) for scope in ("main", "network", "main"))
    assert rebased(mine, start, theirs).scope == rebased(theirs, start, mine).scope == "network"
    assert clashes(mine, start, theirs) == []


def test_a_change_within_the_year_outlives_a_new_row() -> None:
    revised = SHIPPED.replace(
        'code = "lectures"\n',
        'code = "lectures"\nrevisions = [{ since = 2019-07-01, at_least = 20, '
        'reason = { zh = "议", en = "so" } }]\n',
    )
    draft = drafts.drafted(2019, revised)
    sheet = rows.read(f"{HEADER}\n讲座场次\t30\t累计\t凤鸣讲坛\t场", language="zh")
    found = lay_over(draft, sheet, language="zh").draft.find("lectures")
    assert found is not None
    assert found[1]["revisions"][0]["at_least"] == 20
    assert drafts.refusals(lay_over(draft, sheet, language="zh").draft) == ()


def test_another_year_begins_with_what_is_not_of_its_own_year() -> None:
    draft = Draft(
        2020,
        "main",
        ({"code": "a", "wave": "2020H1", "revisions": [1]},),
        ({"code": "b", "due": date(2020, 2, 29)}, {"code": "c"}),
    )
    begun = drafts.for_another_year(draft, 2021)
    assert begun.targets == ({"code": "a"},)
    assert begun.milestones == ({"code": "b", "due": date(2021, 2, 28)}, {"code": "c"})


# --- saved


def save(folder: Path, text: str, base: str | None = None, **about: Any) -> saving.Saved:
    base = saving.version(folder, 2019) if base is None else base
    given = {"by": "王芳", "why": "理事会通过", "is_simulated": False} | about
    return saving.save(folder, 2019, text, base=base, **given)


@pytest.fixture
def text() -> str:
    return drafts.drafted(2019, SHIPPED).text


def test_a_saved_plan_says_who_when_and_why_and_is_read_as_any_other(
    tmp_path: Path, text: str
) -> None:
    save(tmp_path / "targets", text)
    found = saving.current(tmp_path / "targets", 2019)
    assert found is not None
    assert found.stamp is not None
    assert (found.stamp.by, found.stamp.why, found.is_changed) == ("王芳", "理事会通过", False)
    assert found.text == text
    assert plan.load(2019, tmp_path / "targets").targets.keys() == {
        one["code"] for one in drafts.drafted(2019, SHIPPED).targets
    }
    assert plan.years(tmp_path / "targets") == [2019]


def test_who_and_why_can_be_read_in_the_file_itself(tmp_path: Path, text: str) -> None:
    why = "理事会通过\x7f\x85\u2028\u202e"
    saved = save(tmp_path, text, by="王芳", why=why)
    first = (tmp_path / "2019.toml").read_text("utf-8").split("\n")[0]
    assert "王芳" in first
    assert "理事会通过" in first
    assert first.isprintable()  # no comment may hold a sign of control
    assert saving.current(tmp_path, 2019) == saved
    assert saved.stamp is not None
    assert saved.stamp.why == why
    assert plan.load(2019, tmp_path).targets


def test_what_is_replaced_stays_in_the_history(tmp_path: Path, text: str) -> None:
    (tmp_path / "2019.toml").write_text(SHIPPED, encoding="utf-8")
    save(tmp_path, text, why="一")
    save(tmp_path, text.replace("at_least = 70", "at_least = 72", 1), why="二")
    second, first = saving.history(tmp_path, 2019)
    assert (first.number, first.stamp, first.text) == (1, None, SHIPPED)
    assert second.stamp is not None
    assert (second.number, second.stamp.why, second.text) == (2, "一", text)
    assert saving.history(tmp_path, 2020) == []


def test_what_a_hand_changed_is_told_from_what_was_saved(tmp_path: Path, text: str) -> None:
    save(tmp_path, text)
    path = tmp_path / "2019.toml"
    path.write_text(path.read_text("utf-8").replace("at_least = 70", "at_least = 7", 1), "utf-8")
    found = saving.current(tmp_path, 2019)
    assert found is not None
    assert found.is_changed
    path.write_text(writing.STAMP + "{\n" + text, encoding="utf-8")
    found = saving.current(tmp_path, 2019)
    assert found is not None
    assert (found.stamp, found.text) == (None, text)


def test_a_file_that_was_saved_elsewhere_has_one_line_of_its_own(tmp_path: Path, text: str) -> None:
    save(tmp_path, text, by="李明")
    whole = (tmp_path / "2019.toml").read_text("utf-8")
    assert drafts.drafted(2019, whole).text == text
    save(tmp_path, whole, by="王芳")
    found = saving.current(tmp_path, 2019)
    assert found is not None
    assert found.stamp is not None
    assert (found.text, found.stamp.by, found.is_changed) == (text, "王芳", False)


def test_of_two_who_save_at_once_the_second_is_told_of_the_first(tmp_path: Path, text: str) -> None:
    base = saving.version(tmp_path, 2019)
    save(tmp_path, text, base, by="李明")
    with pytest.raises(Problem, match="plan_changed") as caught:
        save(tmp_path, text.replace("70", "72", 1), base)
    assert caught.value.values["by"] == "李明"
    found = saving.current(tmp_path, 2019)
    assert found is not None
    assert found.text == text
    assert saving.history(tmp_path, 2019) == []


def test_a_plan_with_a_wrong_line_is_not_saved(tmp_path: Path, text: str) -> None:
    with pytest.raises(Problem, match="plan_wrong"):
        save(tmp_path, text.replace("lecture_count", "lectur_count", 1))
    with pytest.raises(Problem, match="plan_empty"):
        save(tmp_path, "year = 2019\n")
    assert list(tmp_path.iterdir()) == []


class Killed(BaseException):
    """What ends a writer between two steps."""


@pytest.mark.parametrize("step", range(1, 9))
@pytest.mark.parametrize("name", ["replace", "sync"])
def test_killed_at_any_step_the_plan_is_the_old_or_the_new_one_whole(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch, name: str, step: int
) -> None:
    save(tmp_path, text, why="一")
    before = (tmp_path / "2019.toml").read_bytes()
    newer = text.replace("at_least = 70", "at_least = 72", 1)
    taken = 0
    module: Any = os if name == "replace" else disk
    real = getattr(module, name)

    def until_killed(*given: Any) -> Any:
        nonlocal taken
        taken += 1
        if taken == step:
            raise Killed
        return real(*given)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, until_killed)
        try:
            save(tmp_path, newer, why="二")
        except Killed:
            pass
        else:
            assert taken < step
    found = saving.current(tmp_path, 2019)
    assert found is not None
    assert not found.is_changed
    assert found.text in (text, newer)
    if found.text == text:
        assert (tmp_path / "2019.toml").read_bytes() == before
    else:
        assert [one.text for one in saving.history(tmp_path, 2019)] == [text]
    # and whoever saves next has every plan once
    save(tmp_path, newer.replace("72", "73", 1), why="三")
    kept = [one.text for one in saving.history(tmp_path, 2019)]
    assert kept in ([text], [newer, text])
    assert not list(tmp_path.rglob("*.draft"))


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "targets").write_text("a file")
    with pytest.raises(Problem, match="store_not_writable"):
        save(tmp_path / "targets", text, "")


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_plan_that_is_gone_is_put_back_before_another_is_saved(
    tmp_path: Path, text: str, content: str | None
) -> None:
    newer = text.replace("at_least = 70", "at_least = 72", 1)
    save(tmp_path, text)
    save(tmp_path, newer)
    path = tmp_path / "2019.toml"
    path.unlink()
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(Problem, match="plan_gone") as caught:
        save(tmp_path, newer)
    assert caught.value.values["count"] == "1"
    save(tmp_path, text)
    save(tmp_path, newer)
    assert [one.text for one in saving.history(tmp_path, 2019)] == [text, text]


def test_the_number_of_an_earlier_plan_is_never_given_twice(tmp_path: Path, text: str) -> None:
    for at_least in (70, 71, 72):
        save(tmp_path, text.replace("at_least = 70", f"at_least = {at_least}", 1))
    (tmp_path / "history/2019-0002.toml").unlink()
    save(tmp_path, text.replace("at_least = 70", "at_least = 73", 1))
    assert [one.number for one in saving.history(tmp_path, 2019)] == [3, 1]
