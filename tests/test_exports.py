"""The rows a reader takes away: as Excel opens them, and never taken for real when they are not."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from screens import PAGES, htmls, open_page

from guanqing import text, warehouse
from guanqing.access import tickets
from guanqing.store import Store
from guanqing.ui import exports

pytest_plugins = ["stores"]

DOWNLOAD = re.compile(r'data-key="([^"]+)" href="/export/([^"]+)"')
BOM = b"\xef\xbb\xbf"
MARK = {language: text.translate("app.simulated", language) for language in text.LANGUAGES}

TARGETS = "pages/year/targets.py"
DESK = "pages/year/plan_desk.py"
OF_A_PLAN = (TARGETS, "pages/year/target.py")  # of a year without one they have nothing to offer
Offered = dict[str, tuple[str, bytes]]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Offered]:
    """Return a function that opens a page and returns each download: {key: (file name, bytes)}."""
    downloads: Offered = {}

    monkeypatch.setattr(exports, "browser", lambda: "a browser")

    def open_and_take(page: str, store: Path, language: str = "zh", **query: str) -> Offered:
        downloads.clear()
        monkeypatch.setenv("GUANQING_STORE", str(store))
        app = open_page(page, store, language, **query)
        for key, words in DOWNLOAD.findall("".join(htmls(app))):
            ticket = tickets.redeem(words, "a browser")
            if not ticket.plan:  # which is no table; test_plan_desk.py looks at it
                downloads[key] = (ticket.file_name, exports.rows_of_figure(ticket)[0])
        assert not app.exception
        # a year without a plan has no targets to take away, and the audit is nobody's to
        assert downloads or page in (*OF_A_PLAN, "pages/library/audit.py", DESK)
        return dict(downloads)

    return open_and_take


# whatever is chosen
OF_TWELVE_MONTHS = ("active_borrower_count", "yearly_cancellation_rate")


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", text.LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(2)
def test_every_file_of_simulated_data_says_so_in_its_name_and_in_every_row(
    offered: Callable[..., Offered], simulated: Path, page: str, language: str
) -> None:
    kind = text.translate("app.data_kind", language)
    for key, (file_name, content) in offered(page, simulated, language).items():
        assert content.startswith(BOM)
        assert file_name.startswith(f"{MARK[language]}_")
        of_twelve_months = any(name in key for name in OF_TWELVE_MONTHS)
        first_day = "2018-10-01" if of_twelve_months else "2019-01-01"
        query = re.sub(r"(_\d.*)?\.csv$", "", file_name).removeprefix(f"{MARK[language]}_")
        params = warehouse.parameters(query)
        days = f"_{first_day}_2019-09-30" if "start_date" in params else "_2019-09-30"
        said = days if params & {"start_date", "as_of"} else ""
        assert file_name == f"{MARK[language]}_{query}{said}.csv"
        header = content.decode("utf-8-sig").splitlines()[0].split(",")
        assert header[-1] == kind
        assert {row[kind] for row in rows(content)} <= {MARK[language]}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(3)
def test_no_file_of_real_data_is_called_simulated(
    offered: Callable[..., Offered], real: Path, page: str
) -> None:
    for file_name, content in offered(page, real).values():
        assert content.startswith(BOM)
        assert MARK["zh"] not in file_name
        assert MARK["zh"].encode() not in content


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(3)
def test_an_empty_library_offers_files_with_their_columns(
    offered: Callable[..., Offered], empty: Path, page: str
) -> None:
    for _, content in offered(page, empty).values():
        assert content.startswith(BOM)
        assert content.decode("utf-8-sig").splitlines()[0]


@pytest.mark.parametrize(
    ("page", "panel", "name"),
    [
        ("pages/service/classes.py", "loans_by_class", "loans_by_class"),
        ("pages/service/circulation.py", "loans_over_time", "loans_by_month"),
        ("pages/people/readers.py", "top_borrowers", "top_borrowers"),
        ("pages/people/cards.py", "cancellations_by_reason", "cancellations_by_reason"),
        (TARGETS, "plan_scorecard", "plan_progress"),
    ],
)
@pytest.mark.few(2)
def test_a_file_holds_what_the_query_answers_for_the_filters_chosen(
    offered: Callable[..., Offered], simulated: Path, page: str, panel: str, name: str
) -> None:
    files = offered(page, simulated, period="2018", branch="TG", as_of="2019-06-30")
    file_name, content = files[f"download-{panel}"]
    assert name in file_name
    known = {
        "start_date": "2018-04-01",  # when the data begin
        "end_date": "2019-01-01",
        "as_of": "2019-06-30",
        "branches": ["TG"],
        "limit": 10,
        "floor": 5,
        "target": None,
    }
    params = {key: known[key] for key in warehouse.parameters(name)}
    frame = warehouse.run(warehouse.connect(Store(simulated).current()), name, **params)
    expected = [
        {column: "" if value is None else str(value) for column, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]
    kind = text.translate("app.data_kind", "zh")
    taken = [{c: v for c, v in row.items() if c != kind} for row in rows(content)]
    assert taken == expected


def test_chinese_and_line_breaks_survive_the_file(
    offered: Callable[..., Offered], simulated: Path
) -> None:
    _, content = offered("pages/service/classes.py", simulated)["download-loans_by_class"]
    assert "文学" in {row["class_name_zh"] for row in rows(content)}
    assert b"\r\n" in content  # as Excel and RFC 4180 have it


def test_a_file_takes_no_name_along(
    offered: Callable[..., Offered], simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUANQING_NAMES", "1")
    for _, content in offered("pages/people/readers.py", simulated).values():
        assert not {"reader_name", "card_number"} & set(rows(content)[0])
