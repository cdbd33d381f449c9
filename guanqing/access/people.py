"""Who has which role: people.toml, which the administrator keeps (see settings).

    [[person]]
    who = "wang@library.example"     as the provider or the proxy says it, in any case
    name = "王芳"                     as the journal and the audit name her
    role = "director"

    [[person]]
    who = "li@library.example"
    name = "李明"
    role = "branch_head"
    branch = "YC"

    [[claim]]                        everybody of whom the provider says so
    claim = "groups"
    value = "council"
    role = "council"

    [[stand_in]]                     has the other's role, on these days and between them
    who = "li@library.example"
    for = "wang@library.example"
    first_day = 2026-12-01
    last_day = 2026-12-14

    [[ended]]                        sign-ins from before hold no longer
    who = "zhao@library.example"
    before = 2026-11-20T09:00:00+08:00

A file that cannot be used lets nobody in: one that was edited to keep somebody out must do so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationError,
    with_config,
)

from guanqing import datafiles
from guanqing.access import settings, wanted
from guanqing.access.roles import Role, policy
from guanqing.datafiles import STRICT
from guanqing.parsing import Said, Wrong
from guanqing.problems import Problem

DESK = "desk"  # the role of whoever sits at the machine, as long as there is no sign-in


def _filled(said: str) -> str:
    if not said.strip():
        raise ValueError(said)
    return said.strip()


def _no_number(said: Any) -> Any:
    """Return what is said of a day or a moment: a number would be taken for seconds since 1970."""
    if not isinstance(said, date) and not re.match(r"\d{4}-\d\d-\d\d", str(said)):
        raise ValueError(said)
    return said


Filled = Annotated[str, AfterValidator(_filled)]
Who = Annotated[Filled, AfterValidator(str.casefold)]
Day = Annotated[date, BeforeValidator(_no_number)]
Moment = Annotated[AwareDatetime, BeforeValidator(_no_number)]


@with_config(STRICT)
@dataclass(frozen=True)
class Person:
    """Somebody by name."""

    who: Who
    name: Filled
    role: str
    branch: Filled | None = None


@with_config(STRICT)
@dataclass(frozen=True)
class Claim:
    """A role for everybody of whom the provider says something."""

    claim: Filled
    value: Filled
    role: str
    branch: Filled | None = None


@with_config(STRICT)
@dataclass(frozen=True)
class StandIn:
    """Somebody who has another's role for some days."""

    who: Who
    of: Annotated[Who, Field(alias="for")]
    first_day: Day
    last_day: Day


@with_config(STRICT)
@dataclass(frozen=True)
class Ended:
    """An end to somebody's sign-ins."""

    who: Who
    before: Moment


@with_config(STRICT)
@dataclass(frozen=True)
class People:
    """What people.toml says."""

    person: tuple[Person, ...] = ()
    claim: tuple[Claim, ...] = ()
    stand_in: tuple[StandIn, ...] = ()
    ended: tuple[Ended, ...] = ()


@dataclass(frozen=True)
class Visitor:
    """Somebody who was let in."""

    who: str  # as the provider or the proxy says it; empty: whoever sits at the machine
    name: str
    role_code: str
    branch: str | None = None

    @property
    def role(self) -> Role:
        """Return the role as data/roles.toml has it now."""
        return policy().role(self.role_code)

    def sees(self, figure: str) -> bool:
        """Say whether a figure is for them."""
        return policy().sees(self.role, figure)


def read(path: Path) -> People:
    """Return who has which role. Problem: no_people, settings_open, people_broken."""
    try:
        settings.require_kept(path)
    except OSError as error:
        raise Problem("no_people", path=path) from error
    file = datafiles.DataFile(path, _made, may_go=False, needed=True, as_text=False)
    if not file.refresh():
        fault = file.fault
        words = fault.words if fault else {"path": path}
        needed = wanted.of_fault(fault, _wanted()) if fault else wanted.TOML
        raise Problem("people_broken", **words, wanted=needed)
    return file()


def _made(content: dict[str, Any]) -> People:
    may_stand = _wanted()

    def wrong(table: str, number: int, name: str) -> Wrong:
        return Wrong(table, number, name, wanted=may_stand[f"{table}.{name}"])

    try:
        made = TypeAdapter(People).validate_python(content)
    except ValidationError as error:
        raise wanted.wrong(error, may_stand) from error
    given: dict[str, tuple[Person | Claim, ...]] = {"person": made.person, "claim": made.claim}
    for table, entries in given.items():
        for number, entry in enumerate(entries):
            role = policy().roles.get(entry.role)
            if role is None or entry.role == DESK:  # that one asks for no sign-in
                raise wrong(table, number, "role")
            if role.own_branch != bool(entry.branch):  # it would be all of them, or none
                raise wrong(table, number, "branch")
    names = [person.who for person in made.person]
    for number, who in enumerate(names):
        if who in names[:number]:
            raise wrong("person", number, "who")
    for number, stand in enumerate(made.stand_in):
        if stand.of not in names:
            raise wrong("stand_in", number, "for")
        if stand.last_day < stand.first_day:
            raise wrong("stand_in", number, "last_day")
    return made


def _wanted() -> dict[str, Said]:
    """Return what may stand in the list; the roles are those there are now."""
    roles = ", ".join(code for code in policy().roles if code != DESK)
    role = {"role": Said("wanted.role", roles=roles), "branch": Said("wanted.branch")}
    words, day = Said("wanted.words"), Said("wanted.day")
    return wanted.tables(
        "[[{}]]",
        person={"who": Said("wanted.who"), "name": words, **role},
        claim={"claim": words, "value": words, **role},
        stand_in={
            "who": Said("wanted.who"),
            "for": Said("wanted.listed"),
            "first_day": day,
            "last_day": day,
        },
        ended={"who": Said("wanted.who"), "before": Said("wanted.moment")},
    )


def recognise(
    people: People, claims: Mapping[str, Any], now: datetime, issued: datetime
) -> Visitor:
    """Return who somebody is, of whom a provider or a proxy says these claims.

    issued: when they signed in. Problem: not_among_people, sign_in_ended.
    """
    known = {str(claims[name]).casefold() for name in ("email", "sub") if claims.get(name)}
    # some providers say "false", or 0: whatever they say of it has to be yes
    if str(claims.get("email_verified", True)).casefold() not in ("true", "1"):
        known.discard(str(claims.get("email")).casefold())
    who = str(claims.get("email") or claims.get("sub") or "")
    if any(end.who in known and issued < end.before for end in people.ended):
        raise Problem("sign_in_ended")
    standing_in = [
        stand.of
        for stand in people.stand_in
        if stand.who in known and stand.first_day <= now.date() <= stand.last_day
    ]
    own = next((person for person in people.person if person.who in known), None)
    # whoever the list does not name may call themselves what they like
    name = own.name if own else f"{claims['name']} ({who})" if claims.get("name") else who
    entry = own or next((rule for rule in people.claim if _fits(rule, claims)), None)
    if entry is None:  # nor does anybody stand in who was taken off the list
        raise Problem("not_among_people", who=who or "—")
    other = next((person for person in people.person if person.who in standing_in), None)
    given = other or entry
    return Visitor(who, name, given.role, given.branch)


def _fits(rule: Claim, claims: Mapping[str, Any]) -> bool:
    said = claims.get(rule.claim)
    return rule.value in (said if isinstance(said, list) else [said])
