"""Who the visitor of this session is, and what they may do.

Without a sign-in there is one visitor: whoever sits at the machine itself (or has a tunnel to it).
As soon as other names or a sign-in are configured, sitting here grants nothing: roles do.
"""

from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import streamlit as st
from starlette.requests import Request

from guanqing.access import audit, people, settings
from guanqing.access.patience import Patience
from guanqing.access.people import DESK, Visitor
from guanqing.access.roles import Act
from guanqing.access.sign_ins import SignIns, of_browser, of_claims
from guanqing.figures.markup import fill
from guanqing.problems import Problem
from guanqing.store import default_store
from guanqing.ui import proxy
from guanqing.ui.browsers import COOKIE
from guanqing.ui.here import is_asked_here, is_here
from guanqing.ui.shell.session import language, t, tell

JUST = timedelta(minutes=2)
# what is noted of those who are not on the list: each once an hour, and not without end
KEPT_OUT = Patience(1, in_all=100, seconds=3600)


def came_from() -> tuple[str | None, dict[str, str]]:
    """Return address and headers of this session's connection."""
    return st.context.ip_address, st.context.headers.to_dict()


# --- who it is


class NotSignedIn(Exception):
    """Nobody yet: a way in has to be offered."""


def recognise(*, is_active: bool = True) -> Visitor:
    """Return who the visitor is; is_active: they did something.

    NotSignedIn, or the Problem that keeps them out.
    """
    way = settings.server().sign_in.way
    if way == "none":
        if settings.server().allowed_hosts or not is_here(*came_from()):
            raise Problem("not_this_machine")
        return Visitor("", "", DESK)
    claims, key, issued = _vouched_for(way)
    now = datetime.now(UTC)
    sign_ins().hold(key, issued, now, claims, is_active=is_active)
    listed = people.read(settings.people_file())
    try:
        known = people.recognise(listed, claims, now.astimezone(), issued)
    except Problem as problem:
        who = str(claims.get("email") or claims.get("sub") or "")
        if KEPT_OUT.bears(who.casefold()):
            _note_once(key, "kept_out", Visitor(who, "", ""))
        raise problem from None
    _note_once(key, "signed_in", known)
    return known


def _note_once(key: str, act: audit.Act, known: Visitor) -> None:
    """Note what came of a sign-in; where that cannot be noted, the next click does not pass it."""
    before = sign_ins().told(key, act)
    if before == act:
        return
    try:
        record(act, known)
    except BaseException:
        sign_ins().told(key, before)
        raise


def of_sign_in(key: str) -> Visitor:
    """Return who signed in, for what is asked beside a session. Problem: what keeps them out."""
    now = datetime.now(UTC)
    held = sign_ins().held(key, now)
    listed = people.read(settings.people_file())
    return people.recognise(listed, held.claims, now.astimezone(), held.issued)


def is_asked_by(request: Request, known: Visitor) -> bool:
    """Say whether the proxy names the same person with this request; one browser may have two."""
    way = settings.server().sign_in
    named = request.headers.get(way.user_header, "").strip()
    return way.way != "proxy" or named.casefold() == known.who.casefold()


def at_request(request: Request) -> Visitor:
    """Return who asks without a sign-in: whoever sits at the machine. Problem: not_this_machine."""
    server = settings.server()
    if server.sign_in.way != "none" or server.allowed_hosts or not is_asked_here(request.scope):
        raise Problem("not_this_machine")
    return Visitor("", "", DESK)


def sign_in_key() -> str:
    """Return the key of this session's sign-in; empty at the machine itself."""
    way = settings.server().sign_in.way
    return "" if way == "none" else _vouched_for(way)[1]


def _vouched_for(way: str) -> tuple[dict[str, Any], str, datetime]:
    """Return what is said of the visitor, the key of their sign-in, and when they signed in."""
    if way == "proxy":
        sent = {name.lower(): value for name, value in st.context.headers.to_dict().items()}
        # asked before (OnlyThroughProxy), but not where Streamlit was told to run dashboard.py
        if not proxy.is_secret(sent.get(settings.server().sign_in.secret_header, "")):
            raise Problem("not_vouched")
        who = sent.get(settings.server().sign_in.user_header, "").strip()
        key = of_browser(who, str(st.context.cookies.get(COOKIE, "")))
        return {"email": who}, key, sign_ins().begun(key, datetime.now(UTC))
    if not st.user.get("is_logged_in"):
        raise NotSignedIn
    claims = st.user.to_dict()
    return claims, *of_claims(claims)


@cache
def sign_ins() -> SignIns:
    """Return the sign-ins of this server."""
    way = settings.server().sign_in
    return SignIns(
        timedelta(minutes=way.idle_minutes),
        timedelta(hours=way.longest_hours),
        datetime.now(UTC) - timedelta(seconds=1),  # a claim says whole seconds
    )


def has_just_signed_in() -> bool:
    """Say whether the visitor signed in so lately that this is where the sign-in led."""
    _claims, _key, issued = _vouched_for(settings.server().sign_in.way)
    return datetime.now(UTC) - issued < JUST


def end_sign_in() -> None:
    """End the sign-in of this session, in every other browser that holds it too."""
    with suppress(NotSignedIn, Problem):
        _claims, key, _issued = _vouched_for(settings.server().sign_in.way)
        end(key)


def end(key: str) -> None:
    """End a sign-in for good, and note it; it ends where that cannot be noted too."""
    known = None
    with suppress(Problem):  # it may have ended already
        known = of_sign_in(key)
    sign_ins().end(key)
    if known:
        with suppress(Problem):
            record("signed_out", known)


# --- what they may do


def visitor() -> Visitor:
    """Return the visitor of this run, who has been let in."""
    known: Visitor = st.session_state["visitor"]
    return known


def may(act: Act) -> bool:
    """Say whether the visitor may do something to the library, or take something out."""
    return act in visitor().role.may


def require(act: Act) -> None:
    """Raise the Problem of a visitor who may not; whatever changes a library asks first.

    They are recognised anew, for a form may have been open while a role was taken away.
    """
    try:
        known = recognise()
    except NotSignedIn as error:
        raise Problem("sign_in_ended") from error
    if act not in known.role.may:
        raise Problem("not_for_role", role=known.role.name[language()])


def record(act: audit.Act, known: Visitor | None = None, **about: object) -> None:
    """Note in the audit what the visitor did. Problem: where it cannot be noted."""
    audit.note(audit.path_of(default_store().root), act, about=about, **_by(known or visitor()))


def recording(
    act: audit.Act, known: Visitor | None = None, **about: object
) -> AbstractContextManager[None]:
    """Note in the audit what the visitor is about to do, and where that comes to nothing."""
    by = _by(known or visitor())
    return audit.noting(audit.path_of(default_store().root), act, about=about, **by)


def _by(known: Visitor) -> dict[str, Any]:
    return {
        "who": known.who or DESK,
        "name": known.name,
        "role": known.role_code,
        "kept_days": settings.server().audit.kept_days,
    }


def only_for(act: Act) -> None:
    """Say to a visitor who may not do something why there is nothing here, and stop."""
    try:
        require(act)
    except Problem as problem:
        with st.container(key="step-elsewhere"):
            st.html(fill("panel_head", title=t("loading.elsewhere"), below=tell(problem)))
        st.stop()
