"""Generations on disk: whole or not at all, never changed under a reader, closed to the outside."""

import hashlib
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from guanqing import questions, warehouse
from guanqing.intake.build import Library, building, derivations
from guanqing.paths import DATA
from guanqing.problems import Problem
from guanqing.store import KEPT_GENERATIONS, Store, names_of

pytest_plugins = ["stores"]


def describe(library: Library, name: str = "Library", *, is_simulated: bool = False) -> None:
    library.describe(name_zh="馆", name_en=name, is_simulated=is_simulated, layout="test")


def build(store: Store, name: str = "Library", *, reader_name: str | None = None) -> Path:
    """Serve a library that holds nothing but its name, and a reader's if one is given."""
    with building(store) as library:
        if reader_name:
            row = {"reader_id": 1, "reader_name": reader_name, "card_number": "0001"}
            library.put("names.names", pl.DataFrame([row]))
        describe(library, name)
    return store.current()


def name_of(connection: duckdb.DuckDBPyConnection) -> str:
    return str(warehouse.run(connection, "library_facts")["name_en"][0])


def files(store: Store) -> set[str]:
    return {path.name for path in (store.root / "generations").iterdir()}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


# --- generations


def test_what_is_served_is_a_link_to_a_numbered_generation(store: Store) -> None:
    build(store)
    assert store.link.readlink() == Path("generations/000001.duckdb")
    assert store.current() == store.root / "generations" / "000001.duckdb"


def test_a_store_may_be_moved(store: Store) -> None:
    build(store, "moved")
    moved = Store(store.root.rename(store.root.with_name("elsewhere")))
    assert name_of(warehouse.connect(moved.current())) == "moved"


def test_the_link_is_replaced_in_one_step(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    build(store, "first")
    replaced = []
    replace = os.replace

    def note_and_replace(source: Path, target: Path) -> None:
        if target == store.link:  # up to the very step the old library is served, whole
            replaced.append((source, name_of(warehouse.connect(store.current()))))
            assert (source.parent / source.readlink()).name == "000002.duckdb"
        replace(source, target)

    monkeypatch.setattr(os, "replace", note_and_replace)
    monkeypatch.setattr(Path, "unlink", lambda path, **_: pytest.fail(f"{path} was taken away"))
    with store.writing() as draft:  # nothing is ever unlinked on the way
        (draft / "library.duckdb").write_bytes(store.current().read_bytes())
    assert [name for _, name in replaced] == ["first"]
    assert store.current().name == "000002.duckdb"


def test_a_generation_is_closed_and_needs_no_other_file(store: Store) -> None:
    build(store)
    assert files(store) == {"000001.duckdb"}


@pytest.mark.parametrize(
    "error", [ValueError, KeyboardInterrupt], ids=["a_mistake", "the_librarian_stops_it"]
)
def test_a_failed_build_leaves_the_served_library_and_no_draft(
    store: Store, error: type[BaseException]
) -> None:
    before = build(store, "first")
    content = before.read_bytes()

    def build_halfway() -> None:
        with building(store) as library:
            describe(library, "second")
            raise error

    with pytest.raises(error):
        build_halfway()
    assert store.current() == before
    assert before.read_bytes() == content
    assert files(store) == {"000001.duckdb"}


def test_a_build_whose_derived_tables_fail_is_not_served(store: Store) -> None:
    build(store, "first")
    branch = {"branch_code": "main", "name_zh": "馆", "name_en": "Main", "is_main": True}

    def build_with_a_double() -> None:
        with building(store) as library:
            library.put("branches", pl.DataFrame([branch, branch]))
            describe(library, "second")

    with pytest.raises(ValueError, match="branch_code is no key"):
        build_with_a_double()
    assert name_of(warehouse.connect(store.current())) == "first"
    assert files(store) == {"000001.duckdb"}


def test_a_first_build_that_fails_leaves_nothing_to_serve(store: Store) -> None:
    with pytest.raises(ValueError, match="halfway"), building(store):
        raise ValueError("halfway")
    assert not store.link.is_symlink()
    with pytest.raises(Problem) as caught:
        store.current()
    assert caught.value.key == "problem.no_library"


def test_a_reader_goes_on_reading_the_generation_it_opened(store: Store) -> None:
    reader = warehouse.connect(build(store, "old"))
    for number in range(KEPT_GENERATIONS + 1):  # until the old one is taken off the disk
        build(store, f"new {number}")
    assert "000001.duckdb" not in files(store)
    assert name_of(reader) == "old"
    assert name_of(warehouse.connect(store.current())) == f"new {KEPT_GENERATIONS}"


def test_only_so_many_generations_are_kept_and_their_names_with_them(store: Store) -> None:
    total = KEPT_GENERATIONS + 2
    for number in range(1, total + 1):
        build(store, str(number), reader_name="王小明" if number % 2 else None)
    kept = range(total - KEPT_GENERATIONS + 1, total + 1)
    with_names = {f"{number:06}.names.duckdb" for number in kept if number % 2}
    assert with_names
    assert files(store) == {f"{number:06}.duckdb" for number in kept} | with_names


def test_a_number_is_never_given_twice(store: Store) -> None:
    for _ in range(KEPT_GENERATIONS + 3):
        build(store)
    assert store.current().stem == f"{KEPT_GENERATIONS + 3:06}"


# --- names


def read_names(library: Path, *, with_names: bool) -> list[tuple[object, ...]]:
    return warehouse.connect(library, with_names=with_names).sql("from names").fetchall()


def test_names_are_in_a_file_of_their_own(store: Store) -> None:
    library = build(store, reader_name="王小明")
    assert "王小明".encode() not in library.read_bytes()
    with duckdb.connect(str(names_of(library)), read_only=True) as names:
        assert names.sql("from names").fetchall() == [(1, "王小明", "0001")]


def test_names_are_opened_only_when_asked_for(store: Store) -> None:
    library = build(store, reader_name="王小明")
    assert read_names(library, with_names=False) == []
    assert read_names(library, with_names=True) == [(1, "王小明", "0001")]


def test_the_names_file_is_not_even_opened_unless_asked_for(store: Store) -> None:
    library = build(store, reader_name="王小明")
    names_of(library).write_bytes(b"this would not open")
    assert read_names(library, with_names=False) == []


def test_a_library_without_a_names_file_has_no_names(store: Store) -> None:
    library = build(store)
    assert not names_of(library).exists()
    assert read_names(library, with_names=True) == []


# --- a reading connection


def test_two_threads_read_through_one_connection(simulated: Path) -> None:
    connection = warehouse.connect(Store(simulated).current())
    facts = warehouse.run(connection, "library_facts").row(0, named=True)
    together = threading.Barrier(2)

    def ask(name: str) -> list[int]:
        params = questions.parameters(name, [], facts)
        together.wait(30)
        return [warehouse.run(connection, name, **params).height for _ in range(8)]

    with ThreadPoolExecutor(2) as threads:
        heights = list(threads.map(ask, ["loans_by_day", "loans_by_class"]))
    days = (facts["last_day"] - facts["first_day"]).days + 1
    assert heights[0] == [days] * 8
    assert len(set(heights[1])) == 1
    assert heights[1][0] >= 22


@pytest.mark.parametrize(
    "sql",
    [
        "from read_csv('/etc/passwd')",
        "from '/etc/passwd'",
        "from glob('/etc/*')",
        "select * from read_text('/etc/hostname')",
        "copy (select 1) to '/tmp/guanqing_was_here.csv'",
        "attach '/tmp/guanqing_was_here.duckdb'",
        "install spatial",
        "set enable_external_access = true",
        "set lock_configuration = false",
    ],
)
def test_a_reading_connection_reaches_nothing_but_its_library(empty: Path, sql: str) -> None:
    connection = warehouse.connect(Store(empty).current())
    with pytest.raises(duckdb.Error) as caught:
        connection.execute(sql)
    assert not isinstance(caught.value, duckdb.ParserException)
    assert not list(Path("/tmp").glob("guanqing_was_here*"))


def test_a_reading_connection_cannot_change_the_library(empty: Path) -> None:
    connection = warehouse.connect(Store(empty).current())
    for sql in ("delete from library.library", "create table library.notes (x integer)"):
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute(sql)


def test_a_table_name_never_means_a_variable_of_the_program(empty: Path) -> None:
    loans_of_tomorrow = pl.DataFrame({"day": [date(2030, 1, 1)]})
    assert loans_of_tomorrow.height == 1
    connection = warehouse.connect(Store(empty).current())
    with pytest.raises(duckdb.CatalogException, match="loans_of_tomorrow"):
        connection.sql("from loans_of_tomorrow")


def test_a_parameter_missing_or_too_many_is_refused(empty: Path) -> None:
    connection = warehouse.connect(Store(empty).current())
    with pytest.raises(duckdb.Error):
        warehouse.run(connection, "plan_progress")
    with pytest.raises(duckdb.Error):
        warehouse.run(connection, "library_facts", as_of=date(2019, 1, 1))


# What the tables and their derivation were at each version. A change of either makes older files
# unreadable or wrong: raise warehouse.SCHEMA_VERSION and add its line.
FINGERPRINTS = {1: "c1cc6ceabd57"}


def test_another_schema_has_another_version():
    files = [DATA / "schema.sql", *derivations()]
    code = [re.sub(r"--.*", "", path.read_text(encoding="utf-8")) for path in files]
    words = " ".join(" ".join(code).split())
    fingerprint = hashlib.sha256(words.encode()).hexdigest()[:12]
    assert FINGERPRINTS[warehouse.SCHEMA_VERSION] == fingerprint
