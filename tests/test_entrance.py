"""The way in, as what comes from a browser may try it."""

import ast
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from types import MethodType, SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from screens import htmls, told
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession
from streamlit.testing.v1 import AppTest

from guanqing import text
from guanqing.access import people, settings
from guanqing.access.sign_ins import SignIns
from guanqing.paths import ROOT
from guanqing.problems import Problem
from guanqing.ui import doors
from guanqing.ui.orders import REFUSED, refuse_orders
from guanqing.ui.shell import entrance, visitor

pytest_plugins = ["stores"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/circulation?period=2018", ("circulation", {"period": "2018"})),
        ("/", ("", {})),
        ("//[x", ("[x", {})),  # no address at all: it would stop every page for ten minutes
        ("//evil.example/classes", ("evil.example/classes", {})),
        ("/classes?embed=true&EMBED_options=x&lang=en", ("classes", {"lang": "en"})),
        ("/classes?a=%zz&b=[", ("classes", {"a": "%zz", "b": "["})),
    ],
)
def test_what_was_asked_is_a_page_of_ours_or_none(
    address: str, found: tuple[str, dict[str, str]]
) -> None:
    assert entrance.asked_before(quote(address, safe="")) == found


def test_whoever_is_no_longer_let_in_sends_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors.Doors, "_open", {})
    session = SimpleNamespace(session_id="a-session")
    monkeypatch.setattr(doors, "get_script_run_ctx", lambda: session)
    doors.Doors.settle(["load"])
    assert doors.Doors._open

    def ended() -> None:
        raise Problem("sign_in_ended")

    monkeypatch.setattr(visitor, "recognise", ended)
    for name in ("_take_menu_away", "_keep_out"):
        monkeypatch.setattr(entrance, name, lambda _: None)

    class Stopped(Exception):
        pass

    def stop() -> None:
        raise Stopped

    monkeypatch.setattr(entrance.st, "stop", stop)
    with pytest.raises(Stopped):
        entrance.let_in(["overview"])
    assert not doors.Doors._open


def test_whatever_runs_by_itself_looks_first_whether_its_visitor_may_stay() -> None:
    found = []
    for path in (ROOT / "guanqing" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            if any(ast.unparse(each).startswith("st.fragment") for each in node.decorator_list):
                found.append(ast.unparse(node.body[0]))
    assert set(found) == {"look_again()"}


def test_whoever_is_out_loses_the_page_they_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(entrance.st, "rerun", lambda **how: asked.append(how))

    def recognise(*, is_active: bool) -> None:
        assert not is_active
        raise Problem("sign_in_idle", minutes=30)

    monkeypatch.setattr(visitor, "recognise", recognise)
    entrance.look_again()
    assert asked == [{"scope": "app"}]


def test_no_browser_empties_what_is_kept_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    emptied: list[str] = []
    caches = {
        name: SimpleNamespace(clear=lambda name=name: emptied.append(name))
        for name in ("cache_data", "cache_resource")
    }
    monkeypatch.setattr(app_session, "caching", SimpleNamespace(**caches))
    for name in REFUSED:  # and as they were afterwards
        monkeypatch.setattr(AppSession, name, getattr(AppSession, name))
    refuse_orders()
    session: Any = SimpleNamespace(_session_state=caches["cache_data"])
    session._handle_clear_cache_request = MethodType(
        AppSession._handle_clear_cache_request, session
    )
    AppSession.handle_backmsg(session, BackMsg(clear_cache=True))
    assert not emptied


# --- the pages, with a sign-in

KNOWN = people.People(person=(people.Person("wang@lib.example", "王芳", "director"),))


def opened(
    store: Path, patch: pytest.MonkeyPatch, *, ago: float | None = None, **claims: object
) -> AppTest:
    """Return the overview of a server with a sign-in, as somebody of whom a provider says this.

    ago: minutes since they signed in, as the provider says.
    """
    now = datetime.now(UTC)
    if ago is not None:
        claims["iat"] = (now - timedelta(minutes=ago)).timestamp()
    server = settings.Server([], settings.SignIn("oidc"))
    ticks = chain([0.0], repeat(3600.0)).__next__  # the server began an hour ago
    kept = SignIns(timedelta(minutes=30), timedelta(hours=10), now - timedelta(hours=1), ticks)
    patch.setattr(settings, "server", lambda: server)
    patch.setattr(visitor, "sign_ins", lambda: kept)
    patch.setattr(visitor, "record", lambda *_, **__: None)
    patch.setattr(people, "read", lambda _path: KNOWN)
    patch.setenv("GUANQING_STORE", str(store))
    app = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=60)
    if claims:
        app.user = {"is_logged_in": True, "iss": "here", "sub": "1", **claims}
    return app.run()


def t(key: str, **values: object) -> str:
    return text.translate(key, "zh", **values)


def test_nobody_yet_is_offered_a_way_in(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(empty, monkeypatch)
    assert [button.label for button in app.button] == [t("entrance.sign_in")]
    assert t("entrance.words") in "".join(htmls(app))
    assert not app.selectbox


def test_somebody_known_stands_below_the_filters_with_a_way_out(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(simulated, monkeypatch, email="wang@lib.example", ago=0)
    assert not app.exception
    assert t("entrance.sign_out") in [button.label for button in app.sidebar.button]
    assert "王芳" in "".join(htmls(app))
    assert app.selectbox


@pytest.mark.parametrize(
    ("who", "claims", "key"),
    [
        ("zhou", {"ago": 0}, "not_among_people"),
        ("wang", {}, "provider_silent"),
        ("wang", {"iat": "soon"}, "provider_silent"),
        ("wang", {"ago": 40}, "sign_in_idle"),
        ("wang", {"ago": 120}, "sign_in_ended"),
        ("wang", {"ago": -10}, "clock_apart"),
    ],
)
def test_whoever_is_kept_out_sees_why_and_two_ways_on(
    empty: Path, monkeypatch: pytest.MonkeyPatch, who: str, claims: dict[str, Any], key: str
) -> None:
    app = opened(empty, monkeypatch, email=f"{who}@lib.example", **claims)
    assert not app.exception
    assert [b.label for b in app.button] == [t("entrance.again"), t("entrance.sign_out")]
    (said,) = told(app)
    begun = t(f"problem.{key}", who="zhou@lib.example", claim="iat", minutes=30, issued="")
    assert said[:6] == begun[:6]
    assert not app.selectbox
