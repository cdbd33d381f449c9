"""Broken exports of every sort, loaded, against the oracle of oracle_loads.py."""

import hashlib
import os
import tempfile
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import oracle_loads
import pytest
from exports import of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from oracle_loads import Ambiguous, Prediction
from test_incremental import content

from guanqing.intake.loading import load
from guanqing.store import Store, records_of

# --- exports


def one_of(*often: str, seldom: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Return one of some texts, five times as often one of the first."""
    return st.sampled_from([*often * max(1, 5 * len(seldom) // len(often)), *seldom])


def _forms(moment: datetime) -> list[str]:
    """Write a moment in every form a system has been seen to."""
    day = f"{moment:%Y-%m-%d}"
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    short = f"{moment.month}/{moment.day}"
    return [
        *[f"{moment:%Y-%m-%d %H:%M:%S}"] * 12,
        *(f"{moment:%Y-%m-%d %H:%M}", f"{moment:%Y-%m-%d%H:%M:%S}", f"{moment:%Y-%m-%dT%H:%M:%S}"),
        *(day, f"{moment:%Y%m%d}", f"{moment:%Y%m%d %H%M%S}", f"{moment:%Y|%m|%d}%"),
        *(f"{moment.year}/{short}", f"{moment.year}年{moment.month}月{moment.day}日"),
        *(f"{moment.year}/{short} {moment:%H:%M}", f"{moment.year}-{short.replace('/', '-')}"),
        *(f"{day} {moment:%H:%M:%S}-04", f"{day}T{moment:%H:%M:%S}Z"),
        *(f"{day} {moment:%H:%M:%S}+08:00", f"{serial:.10f}", f"{int(serial)}"),
        *(f"　{day} {moment:%H:%M:%S} ", f"{moment:%y-%m-%d}"),
    ]


NO_STAMPS = (
    *("2019-02-30", "0000-00-00 00:00:00", "1804-03-01 10:00:00", "2119-03-01", "19-3-1 8:00"),
    *("03/04/2019", "soon", "2019", "2019-03-01 25:00:00"),
)


@st.composite
def stamps(draw: st.DrawFn, days: int = 900) -> str:
    moment = datetime(2019, 1, 1) + timedelta(
        days=draw(st.integers(0, days)), seconds=draw(st.integers(0, 86_399))
    )
    if draw(st.integers(0, 14)) == 0:
        return draw(st.sampled_from(NO_STAMPS))
    return draw(st.sampled_from(_forms(moment)))


COUNTS = one_of("0", "1", "2", "", seldom=("*", "<5", "1.0", "1,000", "-1", "二", "NULL", "1.5"))
WORDLESS = ("", "NULL", "\\N", "(null)", " ", "　", "#N/A", "None")
FIELDS: dict[str, st.SearchStrategy[str]] = {
    "loan": one_of(*map(str, range(1, 9)), seldom=("", '="001"', "'7", "NULL", "A-1")),
    "reader": one_of("R1", "R2", "R3", seldom=('="001"', "001", "1", " R1 ", "　R2　", *WORDLESS)),
    "item": one_of("B1", "B2", "B3", "B4", seldom=('="001"', "001", "'001", " B1", *WORDLESS)),
    "loaned_at": stamps(),
    "done_at": stamps(days=6),
    "due_on": st.one_of(st.just(""), stamps(), st.just("2099-12-31")),
    "returned_at": st.one_of(st.just(""), stamps(), stamps(1500)),
    "renewed_at": st.one_of(st.just(""), stamps()),
    "issued_at": st.one_of(st.just(""), stamps()),
    "cancelled_at": st.one_of(st.just(""), stamps()),
    "born_on": st.one_of(st.just(""), stamps(0)),
    "expires_on": st.one_of(st.just(""), stamps()),
    "renewal_count": COUNTS,
    "hour": COUNTS,
    "visit_count": COUNTS,
    "branch": one_of("JZ", "YC", seldom=WORDLESS),
    "home_branch": one_of("JZ", "YC", seldom=WORDLESS),
    "channel": one_of("服务台", "desk", "", seldom=("柜台", "Service desk", "NULL")),
    "kind": one_of("借书", "还书", "续借", seldom=("办证", "退证", "3", "", "其他", "loan")),
    "day": stamps(3),
    "reader_name": one_of("马某某", "", seldom=('"刘, 某"', "O'Brien", "合计", '="李"')),
    "reader_type": one_of("成人", "child", "", seldom=("T9", "null")),
    "sex": one_of("女", "M", "", seldom=("2", "#REF!")),
    "unit": one_of("第一中学", "", seldom=('"中学, ""一""部"', "100%", "$unit", "a|b;c")),
    "cancel_reason": one_of("", seldom=("路途太远", "?")),
    "card_state": one_of("有效", "注销", seldom=("5", "")),
}  # fmt: skip
OPTIONAL = {
    "loans": ("loan", "due_on", "returned_at", "renewed_at", "renewal_count", "branch", "channel"),
    "log": ("due_on", "branch", "channel"),
    "readers": ("reader_name", "reader_type", "sex", "born_on", "home_branch", "unit", "issued_at",
                "expires_on", "cancelled_at", "cancel_reason", "card_state"),
    "visits": ("branch", "hour"),
}  # fmt: skip
NEEDED = {
    "loans": ("reader", "item", "loaned_at"),
    "log": ("kind", "done_at", "reader", "item"),
    "readers": ("reader", "home_branch", "sex"),
    "visits": ("day", "visit_count"),
}
BLANK = ("", ",", ",,,,", "　", " \t", "　,　,,", ";|,")
TITLES = ("晋中市图书馆明细", "单位：册", "", "2019年度,,")
TOTALS = ("合计,12", '"总计：",,,9', ",,小计,3", "Total,12,13", " 合计")
ENCODINGS = ("utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5")
# of loans, as Taiwan writes them
TRADITIONAL = {
    "loan": "circ_id", "reader": "讀者證號", "item": "條碼號", "loaned_at": "借書日期",
    "due_on": "應還日期", "returned_at": "還書日期", "renewed_at": "續借時間",
    "renewal_count": "續借次數", "branch": "館別", "channel": "Channel",
}  # fmt: skip


@st.composite
def exports(draw: st.DrawFn) -> tuple[str, list[str], str, str]:
    """Draw a kind, the lines of a file of it, their end and their encoding."""
    kind = draw(st.sampled_from(["loans", "loans", "log", "log", "readers", "visits"]))
    encoding = draw(st.sampled_from(ENCODINGS))
    if encoding == "big5":
        kind = "loans"
    names = [*NEEDED[kind], *draw(st.lists(st.sampled_from(OPTIONAL[kind]), unique=True))]
    order = list(oracle_loads.KINDS[kind]["fields"])
    names = sorted(set(names), key=order.index)
    fields = oracle_loads.KINDS[kind]["fields"]
    titles = {name: fields[name]["zh"] for name in names}
    header = ",".join(TRADITIONAL[name] if encoding == "big5" else titles[name] for name in names)
    lines = [header]
    for _ in range(draw(st.integers(1, 12))):
        # all of one line in quotes, or a small file might as well be one that never quotes
        chance = 0 if len(lines) == 1 else 5
        cells = [_quoted(draw(FIELDS[name]), draw(st.integers(0, chance))) for name in names]
        lines += _spoiled(draw, ",".join(cells), lines)
    lines = draw(st.lists(st.sampled_from(TITLES), max_size=2)) + lines
    if encoding == "big5":
        lines = [line.encode("cp950", "replace").decode("cp950") for line in lines]
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    return kind, lines, end, encoding


def _quoted(cell: str, chance: int) -> str:
    if cell.startswith('"') or (chance and "," not in cell):
        return cell
    return f'"{cell.replace(chr(34), 2 * chr(34))}"'


def _spoiled(draw: st.DrawFn, line: str, before: list[str]) -> list[str]:
    """Return a line as it is, or spoiled, or with others after it."""
    how = draw(st.integers(0, 24))
    if how == 0:  # a quote never closed
        return [line.replace(",", draw(st.sampled_from([',"', ', "', ',""'])), 1)]
    if how == 1:
        return [line.rpartition(",")[0]]
    if how == 2:
        return [line + draw(st.sampled_from([",x", ",,x", ",", ",, "]))]
    if how == 3:
        return [line] * draw(st.integers(2, 11))
    if how == 4:
        return [line, draw(st.sampled_from(before))]  # the header, or a line said already
    if how == 5:
        return [line, draw(st.sampled_from(TOTALS))]
    if how == 6:
        return [draw(st.sampled_from(BLANK)), line]
    return [line]


# --- loading


def require_as_predicted(case: tuple[str, list[str], str, str]) -> None:
    kind, lines, end, encoding = case
    try:
        predicted = oracle_loads.predict(kind, lines, date.today())
    except Ambiguous:
        assume(False)
        raise
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.csv"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        store = Store(Path(folder) / "store")
        report = load([path], "plain", store)
        file = of(report, path.name)
        found = Prediction(
            lines_read=file.lines_read,
            loaded=file.loaded,
            repaired=file.repaired,
            refused=file.refused,
            set_aside=file.set_aside,
            by_rule=file.by_rule,
            loans=predicted.loans,
        )
        assert found == predicted
        if report.load_number:
            assert loans_in(store) == sorted(as_numbered(store, predicted.loans), key=repr)
        else:
            assert not predicted.loans


def loans_in(store: Store) -> list[Any]:
    with duckdb.connect(str(store.current()), read_only=True) as connection:
        rows = connection.sql(
            "select reader_id, item_id, loaned_at, returned_at, renewal_count from loans"
        ).fetchall()
    return sorted(rows, key=repr)


def as_numbered(store: Store, loans: list[oracle_loads.Loan]) -> list[Any]:
    """Give readers and items the numbers that the library gave them: their places as digests."""
    readers = _numbers(store, "reader", ("loans", "log", "readers", "card_events"))
    items = _numbers(store, "item", ("loans", "log", "items"))
    return [(readers[_digest(r)], items[_digest(i)], *rest) for r, i, *rest in loans]


def _numbers(store: Store, name: str, tables: tuple[str, ...]) -> dict[int | None, int | None]:
    union = " union ".join(f"select {name} from {table}" for table in tables)
    with duckdb.connect(str(records_of(store.current())), read_only=True) as connection:
        found = connection.sql(f"from ({union}) where {name} is not null order by {name}")
        return {digest: n for n, (digest,) in enumerate(found.fetchall(), 1)} | {None: None}


def _digest(text: str | None) -> int | None:
    if text is None:
        return None
    return int.from_bytes(hashlib.md5(text.encode()).digest(), "little") >> 65 | 1 << 63


# --- any order


def require_any_order(case: tuple[str, list[str], str, str], parts: int) -> None:
    """Deal the lines to several files, written one after the other; load them in every order."""
    kind, lines, end, encoding = case
    place = next(n for n, line in enumerate(lines) if oracle_loads.is_header(kind, line))
    header, body = lines[place], lines[place + 1 :]
    assume(len(body) >= parts)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for part in range(parts):
            path = Path(folder) / f"{kind}{part}.csv"
            # the first in quotes, so that each is read as a file that has some
            told = [",".join(f'"{name}"' for name in header.split(",")), *body[part::parts]]
            path.write_bytes((end.join(told) + end).encode(encoding))
            os.utime(path, (1_700_000_000 + part, 1_700_000_000 + part))
            paths.append(path)
        stores = []
        for number, order in enumerate([[paths], *([[p] for p in o] for o in permutations(paths))]):
            store = Store(Path(folder) / f"store{number}")
            for batch in order:
                load(batch, "plain", store)
            stores.append(content(store) if store.link.exists() else None)
    assert all(store == stores[0] for store in stores)


SETTINGS: dict[str, Any] = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}


@given(exports())
@settings(max_examples=4, **SETTINGS)
def test_a_broken_export_comes_to_what_the_oracle_says(case: Any) -> None:
    require_as_predicted(case)


@pytest.mark.slow
@given(exports())
@settings(max_examples=100, **SETTINGS)
def test_many_broken_exports_come_to_what_the_oracle_says(case: Any) -> None:
    require_as_predicted(case)


@given(exports())
@settings(max_examples=2, **SETTINGS)
@pytest.mark.slow
def test_a_broken_export_in_two_files_comes_to_the_same_in_any_order(case: Any) -> None:
    require_any_order(case, 2)


@pytest.mark.slow
@given(exports())
@settings(max_examples=15, **SETTINGS)
def test_broken_exports_in_two_files_come_to_the_same_in_any_order(case: Any) -> None:
    require_any_order(case, 2)
