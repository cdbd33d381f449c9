"""What was loaded stays: a store that is not whole is neither built upon nor simulated over."""

import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from test_cli import run
from test_incremental import Shelf, content, loan
from typer.testing import Result

import simulated_library
from guanqing import manifest, text, warehouse
from guanqing.cli import serving
from guanqing.generations import files_in
from guanqing.intake.loading import load
from guanqing.intake.publishing.build import building
from guanqing.manifest import Print
from guanqing.problems import Problem
from guanqing.store import KEPT_GENERATIONS, Store, about_of, names_of, records_of

pytest_plugins = ["stores"]

Harm = Callable[[Store], None]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def store(own: Callable[[str, Callable[[Path], None]], Store]) -> Store:
    """Return a store of three loans, loaded one by one."""
    return own("three_loans", load_three)


def load_three(folder: Path) -> None:
    for number in (1, 2, 3):
        path = Shelf(folder).file(f"first{number}", "loans", loan(number))
        load([path], "plain", Store(folder / "store"))


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


def change_a_byte_of_the_records(store: Store) -> None:
    path = records_of(store.current())
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def lose_names(store: Store) -> None:
    names_of(store.current()).unlink()


def lose_the_account(store: Store) -> None:
    about_of(store.current()).unlink()


def cut_the_library(store: Store) -> None:
    os.truncate(store.current(), store.current().stat().st_size // 2)


def spoil_the_manifest(store: Store) -> None:
    manifest.of(store.current()).write_text("{", encoding="utf-8")


HARMS = {
    lose_records: "not_whole",
    spoil_records: "not_whole",
    change_a_byte_of_the_records: "not_whole",
    lose_names: "not_whole",
    lose_the_account: "not_whole",
    cut_the_library: "not_whole",
    spoil_the_manifest: "not_whole",
    keep_the_library_file_alone: "records_lost",
}


@pytest.mark.parametrize(("harm", "key"), HARMS.items())
@pytest.mark.few(3)
def test_a_load_over_a_library_that_is_not_whole_is_refused(
    store: Store, shelf: Shelf, harm: Harm, key: str
) -> None:
    load([shelf.file("readers", "readers", "R1,王小明,成人,女,2018-01-02")], "plain", store)
    harm(store)
    served, kept = store.current(), list(files_in(store.folder))
    # what is refused again and again pushes nothing out; one harm is enough to see that
    for _ in range(KEPT_GENERATIONS if harm is lose_records else 1):
        with pytest.raises(Problem) as caught:
            load(one_more(shelf), "plain", store)
        assert caught.value.key == f"problem.{key}"
    assert (store.current(), list(files_in(store.folder))) == (served, kept)


@pytest.mark.parametrize("harm", [lose_records, spoil_records])
def test_generations_from_before_the_manifest_are_used_and_guarded_as_they_were(
    store: Store, shelf: Shelf, harm: Harm
) -> None:
    for library in files_in(store.folder).values():
        manifest.of(library).unlink()
    assert load(one_more(shelf), "plain", store).load_number == 4
    manifest.of(store.current()).unlink()
    harm(store)
    with pytest.raises(Problem) as caught:
        load([shelf.file("last", "loans", loan(5))], "plain", store)
    assert caught.value.key == "problem.records_lost"
    assert caught.value.values["whole"] == "3, 2, 1"


def test_a_manifest_tells_the_files_and_rows_of_a_generation(store: Store, shelf: Shelf) -> None:
    load([shelf.file("readers", "readers", "R1,王小明,成人,女,2018-01-02")], "plain", store)
    found = manifest.read(store.current())
    assert found
    assert (found.number, found.schema_version) == (4, warehouse.SCHEMA_VERSION)
    assert (found.row_counts["loans"], found.row_counts["readers"]) == (3, 1)
    assert set(found.files) == set(manifest.FILES)
    for end, right in found.files.items():
        path = store.current().with_suffix(end)
        assert right == [Print(path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())]
    assert "王" not in manifest.of(store.current()).read_text(encoding="utf-8")


def test_records_that_get_later_dates_are_whole_whenever_that_is_cut_short(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, replace_ = store.current(), os.replace
    for kept_steps in (0, 1, 2, 3):
        done = 0

        def cut_short(source: Path, target: Path, steps: int = kept_steps) -> None:
            nonlocal done
            if done == steps:
                raise InterruptedError
            done += 1
            replace_(source, target)

        again = shelf.file("again", "loans", loan(1), written=100 * (kept_steps + 1))
        with monkeypatch.context() as patch, suppress(InterruptedError):
            patch.setattr(manifest.os, "replace", cut_short)
            load([again], "plain", store)
        assert store.current() == library
        assert not manifest.faults(library, hashed=manifest.FILES)
    assert done == 3


# --- far fewer than before


def many(shelf: Shelf, count: int, name: str = "many") -> Path:
    return shelf.file(
        name, "loans", *(loan(number, item=f"B{number}") for number in range(1, count + 1))
    )


def load_into(store: Store, *words: object) -> Result:
    return run("load", *words, "--layout", "plain", "--store", store.root)


def test_a_load_that_leaves_far_fewer_rows_is_not_published_unasked(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    store = Store(shelf.root / "store")
    load([many(shelf, 20)], "plain", store)
    run("demo", "--replace", "--store", store.root)
    fewer = many(shelf, 17, "fewer")
    for language in text.LANGUAGES:
        said = complaint(
            "load", fewer, "--layout", "plain", "--store", store.root, language=language
        )
        assert "guanqing undo --to 1" in said
        assert "--shrink" in said
        assert all(part in said for part in ("loans", "17", "20"))
    assert [kept.number for kept in store.generations()] == [2, 1]
    assert load([many(shelf, 18, "enough")], "plain", store).load_number == 3


def test_a_library_shrinks_by_name(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    store = Store(shelf.root / "store")
    load([many(shelf, 20)], "plain", store)
    run("demo", "--replace", "--store", store.root)
    assert load_into(store, many(shelf, 1, "few"), "--shrink").exit_code == 0
    assert loan_count(store) == 1


def test_a_generation_without_a_manifest_is_counted_itself(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    store = Store(shelf.root / "store")
    load([many(shelf, 20)], "plain", store)
    manifest.of(store.current()).unlink()
    run("demo", "--replace", "--store", store.root)
    assert "20" in complaint(
        "load", many(shelf, 2, "few"), "--layout", "plain", "--store", store.root
    )


def test_the_simulation_does_not_replace_a_library_file_that_a_backup_brought_back(
    store: Store,
) -> None:
    keep_the_library_file_alone(store)
    before = store.link.read_bytes()
    assert "--replace" in complaint("demo", "--store", store.root)
    assert store.link.read_bytes() == before


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


@pytest.mark.parametrize("harm", [lose_records, spoil_records, lose_names])
@pytest.mark.few(2)
def test_the_last_whole_generation_is_never_pruned(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, harm: Harm
) -> None:
    load([shelf.file("readers", "readers", "R1,王小明,成人,女,2018-01-02")], "plain", store)
    harm(store)
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    for _ in range(KEPT_GENERATIONS + 2):
        run("demo", "--replace", "--store", store.root)
    assert list(files_in(store.folder)) == [3, *range(7, 7 + KEPT_GENERATIONS)]
    store.undo(3)
    assert load(one_more(shelf), "plain", store).total("loaded") == 1


def write_unloaded(store: Store) -> None:
    with building(store, kind="demo") as library:
        library.describe(name_zh="空馆", name_en="Empty", is_simulated=True, layout="demo")


def lose_the_link(store: Store) -> None:
    store.link.unlink()


def test_nothing_is_built_over_generations_that_no_link_leads_to(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_the_link(store)
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


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_link_that_leads_nowhere_is_neither_simulated_nor_loaded_over(
    store: Store, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, language: str
) -> None:
    away = store.folder.rename(tmp_path / "away")  # the disk they are on is not mounted
    monkeypatch.setattr(serving.os, "execv", lambda *command: pytest.fail("it was served"))
    (path,) = one_more(shelf)
    for words in (["serve"], ["demo", "--replace"], ["load", path, "--layout", "plain"]):
        said = complaint(*words, "--store", store.root, language=language)
        assert "guanqing restore FILE --replace" in said
        assert not files_in(store.folder)
    found = run("verify", "--store", store.root)
    assert (found.exit_code, "000003.duckdb" in found.stdout) == (1, True)
    store.folder.rmdir()
    away.rename(store.folder)
    assert loan_count(store) == 3


def test_a_folder_that_is_a_link_to_itself_is_said(store: Store, tmp_path: Path) -> None:
    away = store.folder.rename(tmp_path / "away")
    store.folder.symlink_to(store.folder.name)
    assert "guanqing restore FILE --replace" in complaint("status", "--store", store.root)
    assert run("verify", "--store", store.root).exit_code == 1
    store.folder.unlink()
    away.rename(store.folder)
    assert loan_count(store) == 3


@pytest.mark.few(9)
@pytest.mark.parametrize("count", [1, 3])
def test_a_library_that_is_gone_is_neither_forgotten_nor_replaced_and_its_records_bring_it_back(
    tmp_path: Path, shelf: Shelf, count: int
) -> None:
    store = Store(tmp_path / "store")
    for number in range(1, count + 1):
        load([shelf.file(f"of{number}", "loans", loan(number))], "plain", store)
    gone = store.current()
    gone.unlink()
    records = records_of(gone).read_bytes()
    for words in (
        ["load", *one_more(shelf), "--layout", "plain"],
        ["demo", "--replace"],
        ["serve"],
    ):
        assert "verify --mend" in complaint(*words, "--store", store.root)
    if count > 1:  # going back is no reason to let go of them
        run("undo", "--to", 1, "--store", store.root)
        store.link.unlink()
        store.link.symlink_to(gone.relative_to(store.root))
    assert records_of(gone).read_bytes() == records
    run("verify", "--mend", "--store", store.root)
    assert loan_count(store) == count
    load(one_more(shelf), "plain", store)
    assert loan_count(store) == count + 1


def test_a_real_library_is_simulated_over_only_by_name(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_library, "build", lambda store, report: write_unloaded(store))
    assert "--replace" in complaint("demo", "--store", store.root)
    assert loan_count(store) == 3
    assert run("demo", "--replace", "--store", store.root).exit_code == 0
    assert store.generations()[0].kind == "demo"
