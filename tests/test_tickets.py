"""Files out: who gets what a link offers, and what is noted of it."""

import asyncio
import csv
import io
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from guanqing.access import audit, people, settings, tickets
from guanqing.access.patience import Patience
from guanqing.access.sign_ins import SignIns
from guanqing.access.tickets import Ticket
from guanqing.problems import Problem
from guanqing.store import Store
from guanqing.ui import exports
from guanqing.ui.browsers import COOKIE
from guanqing.ui.shell import visitor

pytest_plugins = ["stores"]

PEOPLE = people.People(
    person=(
        people.Person("wang@lib.example", "王芳", "director"),
        people.Person("zhou@lib.example", "周", "council"),
        people.Person("li@lib.example", "李", "librarian"),
        people.Person("hall@lib.example", "大厅", "wall"),
    )
)


@pytest.fixture
def store(simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return the simulated library; what is noted of it is noted elsewhere."""
    monkeypatch.setattr(visitor, "default_store", lambda: Store(tmp_path))
    monkeypatch.setattr(exports, "default_store", lambda: Store(simulated))
    return Store(simulated)


def ticket(store: Store, **changes: Any) -> Ticket:
    """Return a ticket as a page of the machine's own browser issues it."""
    ordinary: dict[str, Any] = {
        "sign_in": "",
        "browser": tickets.of_browser("mine"),
        "library": store.current().name,
        "figure": "loans_by_class",
        "query": "loans_by_class",
        "asked": (("start_date=2019-01-01", "end_date=2019-10-01", "branches=TG"),),
        "language": "zh",
        "file_name": "模拟数据_loans.csv",
    }
    return Ticket(**ordinary | changes)


@dataclass
class Browsing:
    """Somebody's browser, which asks the route and nothing else of the server."""

    cookie: str = "mine"
    host: str = "localhost:8501"
    address: str = "127.0.0.1"
    named: str = ""  # by a proxy

    def get(self, path: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            app = Starlette(routes=[Route("/export/{ticket}", exports.export)])
            way = httpx.ASGITransport(app, client=(self.address, 1))
            cookies = {COOKIE: self.cookie} if self.cookie else {}
            at = f"http://{self.host}"
            async with httpx.AsyncClient(transport=way, base_url=at, cookies=cookies) as client:
                return await client.get(path, headers={"X-Forwarded-Email": self.named})

        return asyncio.run(asked())


@pytest.fixture
def browser() -> Browsing:
    exports.PATIENCE._done.clear()
    return Browsing()


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> SignIns:
    """Have a sign-in configured, and somebody signed in by each role's own key."""
    now = datetime.now(UTC)
    kept = SignIns(timedelta(minutes=30), timedelta(hours=10), now - timedelta(minutes=1))
    for person in PEOPLE.person:
        kept.hold(person.role, now, now, {"email": person.who})
    monkeypatch.setattr(visitor, "sign_ins", lambda: kept)
    monkeypatch.setattr(people, "read", lambda _path: PEOPLE)
    server = settings.Server([], settings.SignIn("oidc"))
    monkeypatch.setattr(settings, "server", lambda: server)
    return kept


def get(browser: Browsing, asked: Ticket) -> httpx.Response:
    return browser.get(f"/export/{tickets.issue(asked)}")


# --- at the machine itself


def test_whoever_sits_at_the_machine_gets_the_rows_and_it_is_noted(
    store: Store, browser: Browsing
) -> None:
    answer = get(browser, ticket(store))
    assert answer.status_code == 200
    assert "filename*=UTF-8''%E6%A8%A1" in answer.headers["content-disposition"]
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows
    (line,) = audit.lines(audit.path_of(visitor.default_store().root))
    assert (line.act, line.who, line.role) == ("exported", "desk", "desk")
    assert line.about["figure"] == "loans_by_class"
    assert line.about["rows"] == len(rows)
    assert "branches=TG" in line.about["asked"][0]


@pytest.mark.parametrize("cookie", ["", "another's"])
def test_a_link_that_somebody_was_sent_gives_nothing(
    store: Store, browser: Browsing, cookie: str
) -> None:
    answer = get(Browsing(cookie), ticket(store))
    assert answer.status_code == 401
    assert "loan" not in answer.text
    assert not audit.lines(audit.path_of(visitor.default_store().root))


def test_a_ticket_offered_without_a_cookie_is_for_nobody(store: Store, browser: Browsing) -> None:
    assert get(Browsing(""), ticket(store, browser=tickets.of_browser(""))).status_code == 401


def test_a_ticket_that_was_altered_gives_nothing(store: Store, browser: Browsing) -> None:
    words = tickets.issue(ticket(store))
    for altered in (words[:-1], words[1:], words.replace(".", "-", 1), "x", words + "x", "../x"):
        assert browser.get(f"/export/{altered}").status_code in (401, 404)


def test_a_ticket_is_not_for_ever(
    store: Store, browser: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tickets.issue(ticket(store))
    later, back = time.monotonic() + tickets.LASTS_SECONDS + 2, time.time() - 3600
    monkeypatch.setattr(time, "time", lambda: back)  # whatever the clock is set to
    assert tickets.redeem(words, "mine")
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(Problem, match="ticket_old"):
        tickets.redeem(words, "mine")


def test_a_ticket_for_names_holds_no_longer_than_the_reason(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[dict[str, Any]] = []
    monkeypatch.setattr(exports, "_link", lambda _label, _key, **what: offered.append(what))
    exports.offer_refused("", 1, "", 60.0)
    exports.offer_refused("", 1, "", 0)
    named, starred = (tickets.issue(ticket(store, figure="", **what)) for what in offered)
    assert tickets.redeem(named, "mine").with_names
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with pytest.raises(Problem, match="ticket_old"):
        tickets.redeem(named, "mine")
    assert not tickets.redeem(starred, "mine").with_names


def test_nobody_from_elsewhere_gets_what_the_machine_was_offered(store: Store) -> None:
    for elsewhere in (Browsing(address="10.0.0.7"), Browsing(host="evil.example")):
        assert get(elsewhere, ticket(store)).status_code == 403


def test_no_ticket_leads_out_of_the_store(store: Store, browser: Browsing, tmp_path: Path) -> None:
    outside = tmp_path / "outside.duckdb"
    shutil.copy(store.current(), outside)
    assert get(browser, ticket(store, library=str(outside))).status_code == 401


def test_a_library_that_is_no_longer_kept_is_said_to_be_old(
    store: Store, browser: Browsing
) -> None:
    assert get(browser, ticket(store, library="999999.duckdb")).status_code == 401


def test_a_program_that_copies_is_stopped_and_a_person_is_not(
    store: Store, browser: Browsing
) -> None:
    answers = [get(browser, ticket(store)).status_code for _ in range(exports.MOST_A_MINUTE + 1)]
    assert answers == [200] * exports.MOST_A_MINUTE + [429]


# --- with a sign-in


@pytest.mark.parametrize(
    ("role", "figure", "status"),
    [
        ("director", "top_borrowers", 200),
        ("council", "loans_by_class", 200),
        ("council", "top_borrowers", 403),
        ("wall", "loans_by_class", 403),
    ],
)
def test_a_ticket_gives_what_the_role_has_now(
    store: Store, browser: Browsing, signed_in: SignIns, role: str, figure: str, status: int
) -> None:
    asked = ticket(store, sign_in=role, figure=figure, query=figure)
    assert get(browser, asked).status_code == status
    noted = audit.lines(audit.path_of(visitor.default_store().root))
    assert [line.role for line in noted] == ([role] if status == 200 else [])


def test_no_ticket_outlives_its_sign_in(
    store: Store, browser: Browsing, signed_in: SignIns
) -> None:
    signed_in.end("director")
    assert get(browser, ticket(store, sign_in="director")).status_code == 401


def test_sitting_at_the_machine_grants_nothing_once_there_is_a_sign_in(
    store: Store, browser: Browsing, signed_in: SignIns
) -> None:
    assert get(browser, ticket(store)).status_code == 403


def test_refused_lines_are_for_who_may_load(
    store: Store, browser: Browsing, signed_in: SignIns
) -> None:
    assert get(browser, ticket(store, sign_in="council", load=1)).status_code == 403


@pytest.mark.parametrize(
    ("role", "reasoned", "named"),
    [("director", True, True), ("director", False, False), ("librarian", True, False)],
)
def test_names_in_refused_lines_are_for_who_may_see_names_and_said_what_for(
    store: Store,
    browser: Browsing,
    signed_in: SignIns,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    reasoned: bool,
    named: bool,
) -> None:
    asked = []

    def note(_ticket: Ticket, *, with_names: bool) -> tuple[bytes, int]:
        asked.append(with_names)
        return b"", 0

    monkeypatch.setattr(exports, "refused_of", note)
    of = ticket(store, sign_in=role, load=1, with_names=reasoned)
    assert get(browser, of).status_code == 200
    assert asked == [named]
    (line,) = [
        one
        for one in audit.lines(audit.path_of(visitor.default_store().root))
        if one.act == "exported"
    ]
    assert line.about["with_names"] is named


def test_a_ticket_from_before_somebody_was_given_one_branch_is_of_that_branch_alone(
    store: Store, browser: Browsing, signed_in: SignIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_head = people.People((people.Person("wang@lib.example", "王芳", "branch_head", "TG"),))
    monkeypatch.setattr(people, "read", lambda _path: now_head)
    for branches, status in (("TG", 200), ("PY", 403), ("null", 403), ("TG,PY", 403)):
        asked = (("start_date=2019-01-01", "end_date=2019-10-01", f"branches={branches}"),)
        assert get(browser, ticket(store, sign_in="director", asked=asked)).status_code == status


def test_behind_a_proxy_a_link_is_for_whom_it_was_offered_to(
    store: Store, browser: Browsing, signed_in: SignIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = settings.Server([], settings.SignIn("proxy"))
    monkeypatch.setattr(settings, "server", lambda: server)
    words = tickets.issue(ticket(store, sign_in="director"))
    for who, status in (("Wang@lib.example", 200), ("zhou@lib.example", 401), ("", 401)):
        # the browser is the same: the one before has left it to somebody else
        browser.named = who
        assert browser.get(f"/export/{words}").status_code == status


def test_many_who_take_out_files_at_once_are_counted_each() -> None:
    patience = Patience(1, in_all=1000)
    between = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            borne = list(pool.map(patience.bears, map(str, range(1500))))
    finally:
        sys.setswitchinterval(between)
    assert sum(borne) == len(patience._done) == 1000
