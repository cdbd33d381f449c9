"""A widget for each field of a register, fit to what it holds."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from guanqing import plan
from guanqing.records import Field, Kind
from guanqing.registers import Values, checks
from guanqing.ui.registers.rows import kind, label_of, main_branch, names_of, typed
from guanqing.ui.shell.library import own
from guanqing.ui.shell.session import t

ACROSS = 2
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
LONG = {"title", "activity", "finding", "note", "note_zh", "note_en", "resource_name", "point"}
# what these say decides which other fields there are, or what can be chosen in them
DECISIVE = ("plan_year", "kind")


def decisive(of: Kind) -> list[str]:
    """Return the fields to be chosen before the others are asked."""
    asks = {name for rule in checks.checks() if rule.register == of.code for name in rule.when}
    return [n for n in DECISIVE if n in of.fields and (n == "plan_year" or n in asks)]


def asked(of: Kind, chosen: Mapping[str, Any]) -> list[str]:
    """Return the other fields that a row of this kind of event has, in their order."""
    special: dict[str, list[Values]] = {}
    for rule in checks.checks():
        for name in rule.needs if rule.register == of.code else ():
            special.setdefault(name, []).append(rule.when)
    return [
        name
        for name in of.fields
        if name not in decisive(of)
        and (
            name not in special
            or any(all(chosen.get(n) == v for n, v in when.items()) for when in special[name])
        )
    ]


def widget_key(form: str, name: str) -> str:
    """Return the key of a field's widget in a form."""
    return f"entry-{form}-{name}"


def draw(form: str, names: list[str], start: Mapping[str, Any], plan_year: int | None) -> None:
    """Draw widgets side by side; a long text has a row to itself."""
    line: list[str] = []
    for name in [*names, ""]:
        is_long = name in LONG or not name
        if line and (is_long or len(line) == ACROSS):
            for column, shown in zip(st.columns(ACROSS), line, strict=False):
                with column:
                    ask(form, kind().fields[shown], start.get(shown), plan_year)
            line = []
        if name and is_long:
            ask(form, kind().fields[name], start.get(name), plan_year)
        elif name:
            line.append(name)


def ask(form: str, found: Field, value: Any, plan_year: int | None = None) -> None:
    """Draw the widget of a field; value is what it shows at first."""
    label = t("loading.needed", name=label_of(found)) if found.needed else label_of(found)
    key, value = widget_key(form, found.name), typed(found, value)
    if found.name == "plan_year":
        _choose(label, dict.fromkeys(plan.years(own().targets)), value, key)
    elif listed := names_of(found, plan_year):
        _choose(label, listed, value, key, is_open=found.kind == "text" and not plan_year)
    elif found.kind == "day":
        st.date_input(
            label,
            value=value,
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
            format="YYYY-MM-DD",
            key=key,
        )
    elif found.kind == "time":
        st.time_input(label, value=value, key=key)
    elif found.kind == "count":
        st.number_input(label, min_value=0, step=1, value=value, key=key)
    elif found.kind == "number":
        st.number_input(label, min_value=0.0, step=1.0, format="%0.6g", value=value, key=key)
    elif found.kind == "flag":
        _choose(label, {True: t("template.yes"), False: t("template.no")}, value, key)
    else:
        st.text_input(label, value=value or "", key=key)


def _choose(
    label: str, listed: Mapping[Any, str | None], value: Any, key: str, *, is_open: bool = False
) -> None:
    options = [*listed]
    if value is not None and value not in listed:
        options.append(value)  # a word that only this row uses
    st.selectbox(
        label,
        options,
        index=options.index(value) if value in options else None,
        format_func=lambda code: str(listed.get(code) or code),
        placeholder=t("registers.choose_or_type") if is_open else t("registers.choose"),
        accept_new_options=is_open,
        key=key,
    )


def at_first(of: Kind) -> Values:
    """Return what a new row shows before anything is typed."""
    values: Values = dict.fromkeys(of.fields)
    if "branch" in values and not of.fields["branch"].of_network:
        values["branch"] = main_branch()
    if "plan_year" in values:
        values["plan_year"] = max(plan.years(own().targets), default=None)
    return values | {name: f.otherwise for name, f in of.fields.items() if f.otherwise}


def given(form: str, names: list[str]) -> Values:
    """Return what stands in the widgets of a form."""
    return {name: st.session_state.get(widget_key(form, name)) for name in names}
