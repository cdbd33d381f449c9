"""What differs between two plans of a year, entry by entry and field by field."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from guanqing.figures.blocks import Cell, Table
from guanqing.plan.making.columns import choices
from guanqing.plan.making.drafts import Draft
from guanqing.plan.making.rebasing import Clash
from guanqing.plan.making.showing import cells_of
from guanqing.plan.planrules import Entry
from guanqing.ui.plan_desk.faults import column_called
from guanqing.ui.plan_desk.state import by_code, called, goal
from guanqing.ui.plan_desk.words import change_mark
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.tables import table

SHOWN = 60


def differences(before: Draft, now: Draft) -> None:
    """List what differs between two plans of a year."""
    found = list(_differences(by_code(before), by_code(now)))
    if before.scope != now.scope:
        known = choices("scope")
        words = t("plan_desk.scope_becomes", scope=known[now.scope].words[language()])
        found.append([change_mark("changed"), words])
    if not found:
        note(t("plan_desk.same"))
        return
    heads = [("", ""), (t("registers.what"), "")]
    table(Table(heads, found[:SHOWN]), style="gq-register", of=len(found))


def _differences(before: dict[str, Entry], now: dict[str, Entry]) -> Iterator[list[Cell]]:
    for code in [*now, *(code for code in before if code not in now)]:
        was, is_now = before.get(code), now.get(code)
        if was == is_now:
            continue
        entry = is_now or was or {}
        done = "taken" if is_now is None else "changed" if was else "added"
        below = _changed(was, is_now) if was and is_now else goal(entry)
        form = Markup('{}<div class="why">{}</div>')
        yield [change_mark(done), form.format(called(entry), below)]


def list_clashes(found: Sequence[Clash]) -> None:
    """List what two people changed, as either has it."""
    heads = [(t(f"plan_desk.{name}"), "") for name in ("name", "field", "in_mine", "in_theirs")]
    rows: list[list[Cell]] = [
        [
            called(one.mine or one.theirs),
            column_called(one.field) if one.field else t("plan_desk.whole_entry"),
            *(_as_had(one.field, entry) for entry in (one.mine, one.theirs)),
        ]
        for one in found[:SHOWN]
    ]
    table(Table(heads, rows), style="gq-register", of=len(found))


def _as_had(field: str, entry: Entry) -> str:
    """Return what an entry says in a field, in words; of all of it whether it is still there."""
    if not field:
        return goal(entry) if entry else t("plan_desk.done_taken")
    if field == "revisions":
        return t("plan_desk.adjust") if field in entry else t("plan_desk.blank")
    cells = cells_of(entry, language(), grouped=True)
    return cells.get(field) or cells.get(f"{field}_{language()}") or t("plan_desk.blank")


def _changed(was: Entry, now: Entry) -> str:
    before, after = (cells_of(one, language(), grouped=True) for one in (was, now))
    parts = [
        t(
            "registers.change",
            name=column_called(name),
            before=before.get(name) or t("plan_desk.blank"),
            after=after.get(name) or t("plan_desk.blank"),
        )
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    if was.get("revisions") != now.get("revisions"):
        parts.append(t("plan_desk.adjust"))
    return t("registers.semicolon").join(parts) or t("plan_desk.order")
