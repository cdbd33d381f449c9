"""What was loaded stays: a store that is not whole is neither built upon nor simulated over."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_cli import run
from test_incremental import Shelf, content, loan

import simulated_library
from guanqing import text
from guanqing.cli import serving
from guanqing.generations import files_in
from guanqing.intake.loading import load
from guanqing.intake.publishing.build import building
from guanqing.problems import Problem
from guanqing.store import KEPT_GENERATIONS, Store, records_of

pytest_plugins = ["stores"]

Harm = Callable[[Store], None]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def store(shelf: Shelf) -> Store:
    """Return a store of three loans, loaded one by one."""
    files = [shelf.file(f"first{number}", "loans", loan(number)) for number in (1, 2, 3)]
    return shelf.load(*([path] for path in files))[0]


def complaint(*words: object, language: str = "en") -> str:
    """Return what a command says that it does not do."""
    with pytest.raises(Problem) as caught:
        run(*words)
    values = {name: str(value) for name, value in caught.value.values.items()}
    return text.translate(caught.value.key, language, **values)


def loan_count(store: Store) -> int:
    return len(content(store, with_records=False)["loans"])


def one_more(shelf: Shelf) -> list[Path]:
    return [shelf.file("more", "loans", loan(4))]


def lose_records(store: Store) -> None:
    records_of(store.current()).unlink()


def spoil_records(store: Store) -> None:
    records_of(store.current()).write_bytes(b"no database")


def keep_the_library_file_alone(store: Store) -> None:
    library = store.current().read_bytes()
    shutil.rmtree(store.folder)
    store.link.unlink()
    store.link.write_bytes(library)


@pytest.mark.parametrize("harm", [lose_records, spoil_records, keep_the_library_file_alone])
def test_a_load_over_a_library_without_its_records_is_refused(
    store: Store, shelf: Shelf, harm: Harm
) -> None:
    harm(store)
    served, kept = store.current(), list(files_in(store.folder))
    with pytest.raises(Problem) as caught:
        load(one_more(shelf), "plain", store)
    assert caught.value.key == "problem.records_lost"
    assert (store.current(), list(files_in(store.folder))) == (served, kept)


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_whoever_loads_is_told_how_to_mend_it(store: Store, shelf: Shelf, language: str) -> None:
    lose_records(store)
    (path,) = one_more(shelf)
    said = complaint("load", path, "--layout", "plain", "--store", store.root, language=language)
    assert str(records_of(store.current())) in said
    assert "undo --to" in said
    assert "2, 1" in said
    store.undo(2)
    assert load([path], "plain", store).total("loaded") == 1
    assert loan_count(store) == 3


def test_the_simulated_library_has_no_records_to_lose(tmp_path: Path, simulated: Path) -> None:
    store = Store(tmp_path / "store")
    shutil.copytree(simulated, store.root, symlinks=True)
    shelf = Shelf(tmp_path)
    assert load(one_more(shelf), "plain", store).load_number == 2


def test_the_last_generation_that_has_its_records_is_never_pruned(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    for _ in range(KEPT_GENERATIONS + 2):
        run("demo", "--replace", "--store", store.root)
    kept = files_in(store.folder)
    assert list(kept) == [3, *range(6, 6 + KEPT_GENERATIONS)]
    assert records_of(kept[3]).exists()


def write_unloaded(store: Store) -> None:
    with building(store, kind="demo") as library:
        library.describe(name_zh="空馆", name_en="Empty", is_simulated=True, layout="demo")


def lose_the_link(store: Store) -> None:
    store.link.unlink()


def lose_the_served_file(store: Store) -> None:
    store.current().unlink()


@pytest.mark.parametrize("harm", [lose_the_link, lose_the_served_file])
def test_nothing_is_built_over_generations_that_no_link_leads_to(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, harm: Harm
) -> None:
    harm(store)
    monkeypatch.setattr(serving.os, "execv", lambda *command: pytest.fail("it was served"))
    kept = list(files_in(store.folder))
    (path,) = one_more(shelf)
    for words in (["serve"], ["demo", "--replace"], ["load", path, "--layout", "plain"]):
        said = complaint(*words, "--store", store.root)
        assert f"guanqing undo --to {kept[-1]}" in said
        assert all(f"{number} (" in said for number in kept)
    assert list(files_in(store.folder)) == kept
    assert run("undo", "--to", kept[-1], "--store", store.root).exit_code == 0
    assert loan_count(store) == kept[-1]


def test_a_real_library_is_simulated_over_only_by_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    assert "--replace" in complaint("demo", "--store", store.root)
    assert loan_count(store) == 3
    assert run("demo", "--replace", "--store", store.root).exit_code == 0
    assert store.generations()[0].kind == "demo"
