"""Files out: links with a ticket on a page, and the route that answers them.

Streamlit's own downloads lie at an address that asks nobody who they are. These are made when they
are asked for, for the browser and the sign-in that the page was shown to, and each is noted in the
audit.
"""

import io
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import polars as pl
import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from guanqing import own, query_params, text
from guanqing.access import tickets
from guanqing.access.patience import Patience
from guanqing.access.people import Visitor
from guanqing.access.tickets import Ticket
from guanqing.figures import Answer
from guanqing.figures.markup import fill
from guanqing.intake.accounts import refusals
from guanqing.plan import planfile
from guanqing.plan.making import saving
from guanqing.problems import Problem
from guanqing.spreadsheets import write_csv
from guanqing.store import default_store
from guanqing.ui import logs
from guanqing.ui.browsers import COOKIE
from guanqing.ui.shell import visitor
from guanqing.ui.shell.library import facts, rows_of
from guanqing.ui.shell.session import language, seen, t

BOM = "\ufeff"  # without it Excel takes Chinese for something else
MOST_A_MINUTE = 60  # of one browser: a person clicks, a program copies the library
PATIENCE = Patience(MOST_A_MINUTE, in_all=20 * MOST_A_MINUTE)
STATUS = {"ticket_old": 401, "ticket_bad": 401, "sign_in_ended": 401, "too_many": 429}


# --- the link


def offer(label: str, figure: str, answers: Sequence[Answer], file_name: str, key: str) -> None:
    """Offer the rows of a figure's answers to one query, as a file."""
    (query,) = {answer.query for answer in answers}
    asked = [tuple(f"{name}={value}" for name, value in a.written.items()) for a in answers]
    branch = visitor.visitor().branch
    if branch is not None and not _is_of_branch(branch, asked):
        return
    _link(label, key, figure=figure, query=query, asked=tuple(asked), file_name=file_name)


def offer_refused(label: str, number: int, key: str, seconds_named: float) -> None:
    """Offer the lines that a load refused, as files; without names some hold stars.

    seconds_named: how long the reason for names still holds; 0, if there is none.
    """
    name = f"refused-{number:06}.zip"
    until = time.monotonic() + seconds_named if seconds_named else 0
    _link(label, key, file_name=name, load=number, with_names=bool(until), until=until)


def offer_plan(label: str, year: int, key: str) -> None:
    """Offer the plan of a year as it is saved, as a file."""
    mark = f"{t('app.simulated')}_" if facts()["is_simulated"] else ""
    name = t("plan_desk.file_toml", year=str(year))
    _link(label, key, file_name=f"{mark}{name}.toml", plan=year)


def _link(label: str, key: str, **what: Any) -> None:
    ticket = Ticket(
        sign_in=visitor.sign_in_key(),
        browser=tickets.of_browser(browser()),
        library=Path(st.session_state["library"][0]).name,
        language=language(),
        **what,
    )
    st.html(fill("download", label=label, address=f"/export/{tickets.issue(ticket)}", key=key))


def browser() -> str:
    """Return the cookie of the browser of this session."""
    return str(st.context.cookies.get(COOKIE, ""))


# --- the route


def export(request: Request) -> Response:
    """Answer a ticket with its rows; what keeps them back is said in both languages."""
    try:
        cookie = request.cookies.get(COOKIE, "")
        ticket = tickets.redeem(request.path_params["ticket"], cookie)
        asking = _asking(ticket, request)
        request.scope.setdefault("state", {})[logs.ROLE] = asking.role_code
        if not PATIENCE.bears(ticket.browser):
            raise Problem("too_many")
        content, count = _content(ticket, asking)
        visitor.record("exported", asking, **_about(ticket, asking), rows=count)
    except Problem as problem:
        return _refused(problem)
    named = f"attachment; filename*=UTF-8''{quote(ticket.file_name)}"
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _content(ticket: Ticket, asking: Visitor) -> tuple[bytes, int]:
    try:
        if ticket.load:
            return refused_of(ticket, with_names=_has_names(ticket, asking))
        if ticket.plan:
            return plan_of(ticket)
        return rows_of_figure(ticket)
    except (Problem, duckdb.Error) as error:
        if isinstance(error, Problem) and "names_key" in error.key:
            raise Problem("lines_locked") from error
        # the library it was for is no longer kept; where that lay is nothing for a browser
        raise Problem("ticket_old") from error


def _has_names(ticket: Ticket, asking: Visitor) -> bool:
    return ticket.with_names and "names" in asking.role.may


def _about(ticket: Ticket, asking: Visitor) -> dict[str, Any]:
    if ticket.load:
        return {"refused": ticket.load, "with_names": _has_names(ticket, asking)}
    if ticket.plan:
        return {"year": str(ticket.plan)}
    asked = [list(asked) for asked in ticket.asked]
    return {"figure": ticket.figure, "query": ticket.query, "asked": asked}


def _asking(ticket: Ticket, request: Request) -> Visitor:
    """Return who asks, if their role still sees the figure and may take files out."""
    asking = visitor.at_request(request) if not ticket.sign_in else None
    asking = asking or visitor.of_sign_in(ticket.sign_in)
    if not visitor.is_asked_by(request, asking):
        raise Problem("ticket_bad")
    if (
        not _sees(ticket, asking)
        or "export" not in asking.role.may
        or _is_of_another_branch(ticket, asking)
    ):
        raise Problem("not_for_role", role=asking.role.name[ticket.language])
    return asking


def _sees(ticket: Ticket, asking: Visitor) -> bool:
    if ticket.load or ticket.plan:
        return ("load" if ticket.load else "read_plan") in asking.role.may
    return asking.sees(ticket.figure)


def _is_of_another_branch(ticket: Ticket, asking: Visitor) -> bool:
    """Say whether a ticket gives what is not of their branch alone, as that of an earlier role."""
    return asking.branch is not None and not _is_of_branch(asking.branch, ticket.asked)


def _is_of_branch(branch: str, asked: Sequence[tuple[str, ...]]) -> bool:
    """Say whether each question is asked of one branch; one that names none is of them all."""
    return all(f"branches={branch}" in words for words in asked)


def refused_of(ticket: Ticket, *, with_names: bool) -> tuple[bytes, int]:
    """Return the refused lines of a load as a zip of files, and how many files they are."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        found = refusals.contents(default_store(), ticket.load, with_names=with_names)
        for name, (content, _count) in found.items():
            archive.writestr(f"{name.replace('/', '_').removesuffix('.csv')}.csv", content)
    return packed.getvalue(), len(found)


def plan_of(ticket: Ticket) -> tuple[bytes, int]:
    """Return the plan of a year as its file has it, and how many targets and milestones it holds.

    Problem: ticket_old, where there is none any more.
    """
    path = _library(ticket.library)
    about = rows_of(path, "library_facts", {}).row(0, named=True)
    its = own.of(path, is_simulated=bool(about["is_simulated"]))
    found = saving.current(its.targets, ticket.plan)
    if found is None:
        raise Problem("ticket_old")
    made = planfile.read(ticket.plan, found.text)
    said = text.translate("app.simulated", ticket.language)
    mark = f"# {said}\n" if about["is_simulated"] else ""
    return f"{mark}{found.text}".encode(), len(made.targets) + len(made.milestones)


def rows_of_figure(ticket: Ticket) -> tuple[bytes, int]:
    """Return the rows of a ticket as Excel opens them, and how many they are."""
    path = _library(ticket.library)
    about = rows_of(path, "library_facts", {}).row(0, named=True)
    frames = [
        rows_of(path, ticket.query, query_params.parameters(ticket.query, asked, about))
        for asked in ticket.asked
    ]
    frame = pl.concat(frames)
    kind, said = (text.translate(f"app.{k}", ticket.language) for k in ("data_kind", "simulated"))
    return csv_of(frame, {kind: said} if about["is_simulated"] else {}), frame.height


def _library(name: str) -> Path:
    """Return a library that a ticket names: where the store lies is nothing for a browser."""
    served = default_store().current()
    return served if served.name == name else default_store().folder / Path(name).name


def csv_of(frame: pl.DataFrame, mark: dict[str, str]) -> bytes:
    """Return rows as Excel opens them; mark adds a column that says the same in every row."""
    out = io.StringIO()
    write_csv(out, [[*frame.columns, *mark]])
    write_csv(out, ([*row, *mark.values()] for row in frame.iter_rows()))
    return (BOM + out.getvalue()).encode()


def _refused(problem: Problem) -> Response:
    words = "\n".join(text.told(problem, each, seen) for each in text.LANGUAGES)
    status = STATUS.get(problem.key.removeprefix("problem."), 403)
    return Response(words + "\n", status, media_type="text/plain; charset=utf-8")
