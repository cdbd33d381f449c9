"""What the query of a register says of a row: what was put in it, and which file it came with."""

from datetime import datetime

import pytest
from conftest import ORDINARY

from guanqing import warehouse

REGISTERS = sorted(
    name.removeprefix("register_")
    for name in warehouse.paths()
    if name.startswith("register_") and name != "register_history"
)
ONE_FILE, ANOTHER = datetime(2019, 7, 1, 9, 30, 1), datetime(2019, 7, 2, 9, 30, 1)


@pytest.mark.parametrize("register", REGISTERS)
def test_a_row_names_the_files_written_when_it_was_said_unless_somebody_entered_it(
    register, put, ask
):
    said = {
        "with a file": {"stated_at": ONE_FILE, "stated_by": None},
        "with a file of another register": {"stated_at": ANOTHER, "stated_by": None},
        "by hand in the same second": {"stated_at": ONE_FILE, "stated_by": "li"},
        "by the simulation": {"stated_at": None, "stated_by": None},
    }
    for whence in said.values():
        put(register, **whence)
    for file_name, record_kind, written_at in [
        ("b.csv", register, ONE_FILE),
        ("a.csv", register, ONE_FILE),
        ("c.csv", "loans", ONE_FILE),
        ("d.csv", "loans", ANOTHER),
    ]:
        of_it = {"file_name": file_name, "record_kind": record_kind, "written_at": written_at}
        put("loads", loaded_by=f"wang of {record_kind}", **of_it)
    rows = ask(f"register_{register}").to_dicts()
    names = {(row["stated_at"], row["stated_by"]): row["file_names"] for row in rows}
    assert len(rows) == len(said)
    assert names.pop((ONE_FILE, None)) == "a.csv, b.csv"
    assert set(names.values()) == {None}
    for row in rows:
        came_with_a_file = row["file_names"] is not None
        assert row["loaded_by"] == (f"wang of {register}" if came_with_a_file else None)
        assert (row["loaded_at"] is not None) == came_with_a_file
        assert ORDINARY[register].items() <= row.items()
