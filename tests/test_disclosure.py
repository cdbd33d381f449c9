"""Counts of people that leave the desk: nothing small in them can be found out."""

import json
import random
from contextlib import nullcontext
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from screens import open_page, told
from test_cli import run
from test_incremental import Shelf, loan

from guanqing import warehouse
from guanqing.access import audit
from guanqing.access.people import Visitor
from guanqing.cli.released import _require_unseen
from guanqing.disclosure import bounds, found_out, hide, protect, released
from guanqing.disclosure.attack import Matrix
from guanqing.disclosure.releases import Cell, Release, release
from guanqing.figures.view import SMALLEST_GROUP
from guanqing.intake.loading import load
from guanqing.keeping import verify
from guanqing.keeping.backup import backup
from guanqing.keeping.restore import restore
from guanqing.problems import Problem
from guanqing.store import Store
from guanqing.ui.shell import visitor

# Eight regions in two hierarchies, from the tests of the R package sdcTable, with their answer.
REGIONS = {
    "A": ("county-1", "small", 2),
    "B": ("county-1", "small", 2),
    "I": ("county-1", "small", 8),
    "J": ("county-1", "small", 8),
    "K": ("county-2", "small", 3),
    "L": ("county-2", "big", 3),
    "M": ("county-2", "big", 3),
    "N": ("county-2", "small", 7),
}
SMALL = {"A", "B", "K", "L", "M"}


def linked(*hierarchies: int) -> tuple[list[str], Matrix, list[int]]:
    """Return names, sums and counts of the regions, of the sums of hierarchies, and of all."""
    names, rows = list(REGIONS), [np.eye(len(REGIONS))]
    for place in hierarchies:
        for group in sorted({str(region[place]) for region in REGIONS.values()}):
            names.append(group)
            rows.append(np.array([[float(r[place] == group) for r in REGIONS.values()]]))
    sums = np.vstack([*rows, np.ones((1, len(REGIONS)))])
    counts = sums @ [region[2] for region in REGIONS.values()]
    return [*names, "all"], sums, [int(count) for count in counts]


@pytest.mark.parametrize("place", [0, 1])
def test_each_hierarchy_alone_gives_nobody_away(place: int) -> None:
    names, sums, counts = linked(place)
    assert {names[cell] for cell in hide(sums, counts, 4)} == SMALL


def test_both_hierarchies_together_need_one_region_more() -> None:
    names, sums, counts = linked(0, 1)
    small = {names.index(name) for name in SMALL}
    exposed = found_out(sums, counts, small, 4)
    assert exposed
    assert all(bounds(sums, counts, small, cell) == (counts[cell],) * 2 for cell in exposed)
    hidden = hide(sums, counts, 4)
    assert {names[cell] for cell in hidden} == SMALL | {"N"}
    assert found_out(sums, counts, hidden, 4) == []


# --- against every library there could be


def library(seed: int) -> pl.DataFrame:
    """Return a few people of two quarters by type and sex: few enough to try every other."""
    rng = random.Random(seed)
    kinds = list(product((1, 2), ("adult", "child"), ("F", "M")))
    return pl.DataFrame(
        [(*kind, rng.choice((0, 0, 1, 2, 3, 5))) for kind in kinds],
        schema=["quarter", "reader_type", "sex", "person_count"],
        orient="row",
    )


def possible(sums: Matrix, counts: list[int], shown: list[int], most: int) -> list[tuple[int, ...]]:
    """Return what each cell could count: every library, tried one by one, that shows the same."""
    found = []
    for people in product(range(most + 1), repeat=sums.shape[1]):
        cells = sums @ people
        if all(cells[cell] == counts[cell] for cell in shown):
            found.append(tuple(int(count) for count in cells))
    return found


@pytest.mark.parametrize("seed", range(4))
def test_no_other_library_narrows_a_hidden_count_more_than_the_attack_says(seed: int) -> None:
    rng = random.Random(seed)
    # three kinds in the cells of two tables, so that every library can be tried
    sums = np.array([[1, 0, 0], [0, 1, 1], [1, 1, 0], [0, 0, 1], [1, 1, 1]], dtype=float)
    counts = [int(c) for c in sums @ [rng.randrange(4) for _ in range(3)]]
    for hidden in ({0, 1}, {0, 2}, {0, 1, 2, 3}):
        shown = sorted(set(range(5)) - hidden)
        tried = possible(sums, counts, shown, 12)
        for cell in hidden:
            values = [cells[cell] for cells in tried]
            assert bounds(sums, counts, hidden, cell) == (min(values), max(values))


@pytest.mark.parametrize("seed", range(12))
def test_every_release_keeps_its_secrets_and_those_before(seed: int) -> None:
    made = release(library(seed), 3)
    for cell, count in enumerate(made.counts):
        assert cell in made.hidden or count == 0 or count >= 3
    for quarter in (1, 2):
        out = [number for number, cell in enumerate(made.cells) if cell.quarter <= quarter]
        so_far = Release(
            made.cells[: len(out)], made.sums[out], made.counts[: len(out)], made.hidden & set(out)
        )
        assert found_out(so_far.sums, so_far.counts, so_far.hidden, 3) == []


def test_what_was_released_is_not_revised_by_what_comes() -> None:
    people = library(3)
    first = protect(people.filter(quarter=1), 3)
    both = protect(people, 3)
    assert both.filter(quarter=1).equals(first)


def test_an_earlier_quarter_is_not_given_away_by_a_later_one() -> None:
    counted = {"adult": (40, 9), "child": (4, 1), "guest": (4, 1)}
    rows = [(q, group, n) for group, ns in counted.items() for q, n in zip((1, 2), ns, strict=True)]
    people = pl.DataFrame(rows, schema=["quarter", "reader_type", "person_count"], orient="row")
    made = release(people, 5)
    later = [n for n, cell in enumerate(made.cells) if cell.quarter == 2]
    # 5 children and 5 guests by June: of the 8 of March no fewer than 3 were children, nor guests
    assert hide(made.sums[later], [made.counts[n] for n in later], 5) == set()
    assert set(later) & made.hidden
    assert found_out(made.sums, made.counts, made.hidden, 5) == []


def test_that_a_reason_is_of_one_kind_is_known_to_everybody() -> None:
    rows = [
        (1, "normal", "moved", 30),
        (1, "normal", "died", 2),
        (1, "avoidable", "too_far", 20),
        (1, "avoidable", "rude", 9),
    ]
    schema = ["quarter", "kind", "reason_code", "person_count"]
    made = release(pl.DataFrame(rows, schema=schema, orient="row"), 5)
    assert made.sums.shape[1] == 4
    hidden = {(made.cells[n].dimension, made.cells[n].group) for n in made.hidden}
    assert hidden == {("reason_code", "died"), ("reason_code", "moved")}


def test_a_release_hides_what_is_under_the_floor_of_the_desk() -> None:
    released = [name for name in warehouse.paths() if name.endswith("_released")]
    assert len(released) == 2
    for name in released:
        assert f"-- released: below {SMALLEST_GROUP}\n" in warehouse.source(name)


def test_nothing_is_released_of_nobody() -> None:
    nobody = pl.DataFrame(schema={"quarter": pl.Int32, "sex": pl.String, "person_count": pl.Int64})
    assert protect(nobody, 5).is_empty()


# --- one state of a quarter


def counted(*rows: tuple[int, str, int]) -> pl.DataFrame:
    schema = ["quarter", "reader_type", "person_count"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def cells(frame: pl.DataFrame) -> dict[tuple[int, str], int | None]:
    return {(quarter, group): count for quarter, _of, group, count in frame.iter_rows()}


def test_a_quarter_that_is_out_stays_as_it_was_and_who_comes_late_counts_in_the_next(
    tmp_path: Path,
) -> None:
    path = tmp_path / "released.json"
    first = counted((1, "adult", 40), (1, "child", 6))
    out = {(1, "all"): 46, (1, "adult"): 40, (1, "child"): 6}
    assert cells(released(path, "of 2019", first, 5)) == out
    # one child more in March, and three adults who were none
    later = counted((1, "adult", 37), (1, "child", 7))
    assert cells(released(path, "of 2019", later, 5)) == out
    june = pl.concat([later, counted((2, "adult", 9), (2, "child", 8))])
    wanted = out | {(2, "all"): 61, (2, "adult"): 46, (2, "child"): 15}
    assert cells(released(path, "of 2019", june, 5)) == wanted
    assert cells(released(path, "of 2019", june.filter(quarter=1), 5)) == out
    assert cells(released(path, "of 2020", later, 5))[1, "child"] == 7  # another year


@pytest.mark.parametrize("seed", range(6))
def test_all_that_was_ever_released_keeps_its_secrets_whatever_comes_late(
    tmp_path: Path, seed: int
) -> None:
    rng, path, seen = random.Random(seed), tmp_path / "released.json", []
    people = library(seed)
    for last in (1, 1, 2, 2):
        seen.append(released(path, "of 2019", people.filter(pl.col("quarter") <= last), 3))
        changes = [rng.choice((-1, 0, 0, 1)) for _ in range(people.height)]
        moved = pl.col("person_count") + pl.Series(changes)
        people = people.with_columns(person_count=moved.clip(0))
    assert seen[0].equals(seen[1])
    assert seen[2].equals(seen[3])
    assert seen[2].filter(quarter=1).equals(seen[0])
    rows = json.loads(path.read_text(encoding="utf-8"))["of 2019"]["rows"]
    all_out = {Cell(*cell): count is None for *cell, count in seen[2].iter_rows()}
    made = release(pl.DataFrame(rows, library(seed).schema, orient="row"), 3, all_out)
    assert found_out(made.sums, made.counts, made.hidden, 3) == []


@pytest.mark.slow
def test_a_reader_who_comes_late_is_not_found_by_subtracting_two_states(tmp_path: Path) -> None:
    shelf, store = Shelf(tmp_path), Store(tmp_path / "store")
    loans = [loan(n).replace("R1,", f"R{n},") for n in range(1, 13)]
    end = loan(90).replace("2024-03-01", "2024-04-02")
    load([shelf.file("first", "loans", *loans, end)], "plain", store)
    asked = {"as_of": date(2024, 3, 31)}

    def on_the_page() -> pl.DataFrame:
        with warehouse.connect(store.current()) as connection:
            return warehouse.run(connection, "borrowers_released", **asked)

    before = on_the_page()
    assert before.filter(dimension="all")["person_count"].to_list() == [12]
    late = loan(50).replace("R1,", "R50,")
    load([shelf.file("late", "loans", late)], "plain", store)
    assert on_the_page().equals(before)
    path = store.root / "released.json"
    whole = path.read_bytes()
    path.unlink()
    with pytest.raises(Problem, match="released_lost"):
        on_the_page()
    assert [f.key for f in verify.findings(store)] == ["problem.released_lost"]
    path.write_bytes(whole)
    backup(store, tmp_path / "backup.zip")
    bare = Store(tmp_path / "bare")
    restore(bare, tmp_path / "backup.zip")
    assert (bare.root / "released.json").read_bytes() == whole


def test_a_quarter_is_released_when_there_are_records_of_all_of_it(tmp_path: Path) -> None:
    shelf, store = Shelf(tmp_path), Store(tmp_path / "store")
    load([shelf.file("first", "loans", *(loan(n) for n in range(1, 9)))], "plain", store)
    with warehouse.connect(store.current()) as connection:
        found = warehouse.run(connection, "borrowers_released", as_of=date(2024, 6, 30))
    assert found.is_empty()
    assert not (store.root / "released.json").exists()


# --- what the records say since


def loaded_by_branch(tmp_path: Path) -> Store:
    """Return a library of which a quarter was released before its second branch was loaded."""
    shelf, store = Shelf(tmp_path), Store(tmp_path / "store")
    end = loan(90).replace("2024-03-01", "2024-04-02")
    loans = [loan(n).replace("R1,", f"R{n},") for n in range(1, 13)]
    load([shelf.file("first", "loans", *loans, end)], "plain", store)
    asked(store)
    more = [loan(n).replace("R1,", f"R{n},") for n in range(20, 28)]
    load([shelf.file("second", "loans", *more)], "plain", store)
    return store


def asked(store: Store) -> int:
    with warehouse.connect(store.current()) as connection:
        found = warehouse.run(connection, "borrowers_released", as_of=date(2024, 3, 31))
    (count,) = found.filter(dimension="all")["person_count"]
    return int(count)


@pytest.mark.slow
def test_that_the_records_have_changed_since_is_said_by_verify_and_status(tmp_path: Path) -> None:
    store = loaded_by_branch(tmp_path)
    (found,) = [f for f in verify.findings(store) if f.key.startswith("released.")]
    assert found.key == "released.changed_borrowers_released"
    assert not found.is_damage
    said = {name: found.values[name] for name in ("until", "kept", "now", "more", "fewer")}
    assert said == {"until": "2024-03-31", "kept": "12", "now": "20", "more": "8", "fewer": "0"}
    assert "20" in run("status", "--store", store.root).stdout.rpartition("2024-03-31")[2]
    run("undo", "--store", store.root)  # as the records were then
    assert not [f for f in verify.findings(store) if f.key.startswith("released.")]


def recount(store: Store, *words: str) -> int:
    said = ("recount", "2024", "--reason", "分馆后来才装", *words, "--store", store.root)
    return run(*map(str, said)).exit_code


@pytest.mark.slow
def test_counts_that_nobody_saw_are_made_anew_and_it_is_noted(tmp_path: Path) -> None:
    store = loaded_by_branch(tmp_path)
    audit.note(audit.path_of(store.root), "signed_in", who="w", role="director")
    with pytest.raises(Problem, match="release_unsure"):
        recount(store)
    assert asked(store) == 12
    assert (recount(store, "--nobody-saw"), asked(store)) == (0, 20)
    line = audit.lines(audit.path_of(store.root))[-1]
    assert (line.act, line.about["reason"]) == ("recounted", "分馆后来才装")
    assert recount(store, "--nobody-saw") == 0
    with pytest.raises(Problem, match="release_none"):
        recount(store, "--nobody-saw")


@pytest.mark.parametrize(
    ("act", "role", "said", "is_seen"),
    [
        ("signed_in", "council", None, True),
        ("signed_in", "no role any more", None, True),
        ("signed_in", "wall", None, False),  # which has not the page
        ("exported", "director", ["as_of=2024-05-01"], True),
        ("exported", "director", ["as_of=2025-03-30"], True),
        ("exported", "director", ["as_of=2024-03-30"], False),  # of the year before
        ("exported", "director", [], True),
    ],
)
def test_counts_that_somebody_may_have_seen_stay_as_they_are(
    tmp_path: Path, act: audit.Act, role: str, said: list[str] | None, is_seen: bool
) -> None:
    about = {} if said is None else {"figure": "borrowers_released", "asked": [said]}
    audit.note(tmp_path / "audit.jsonl", act, who="w", role=role, about=about)
    with pytest.raises(Problem, match="release_seen") if is_seen else nullcontext():
        _require_unseen(Store(tmp_path), 2024, since="2026")
    if said is None:  # before the counts were made
        _require_unseen(Store(tmp_path), 2024, since="9999")


@pytest.mark.few(9)
@pytest.mark.parametrize(("role", "is_said"), [("director", True), ("council", False)])
def test_what_has_changed_is_told_to_who_sees_readers_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, is_said: bool
) -> None:
    store = loaded_by_branch(tmp_path)
    monkeypatch.setattr(visitor, "recognise", lambda **_how: Visitor("w", "王", role))
    app = open_page("pages/people/released.py", store.root, period="2024-Q1")
    assert any("guanqing recount 2024" in words for words in told(app)) is is_said
