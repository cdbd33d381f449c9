"""One target or milestone of the plan: added, changed, or taken out."""

import streamlit as st

from guanqing.plan.making import drafts
from guanqing.plan.making.cells import CellFault, Made, entry_of
from guanqing.plan.making.columns import MILESTONE, choices, columns_of, desk
from guanqing.plan.making.showing import cells_of
from guanqing.plan.planrules import Entry
from guanqing.ui.plan_desk.adjusting import adjust
from guanqing.ui.plan_desk.faults import cell_faults
from guanqing.ui.plan_desk.kinds import explain
from guanqing.ui.plan_desk.state import branches, by_code, called, codes, draft, put, year
from guanqing.ui.registers.saving import say_later
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note

FIRST = "total"
LONG = ("name", "clause", "note", "quality", "by_month", "by_branch")
MOST = ("name", "measure", "per", "at_least", "unit", "due")  # what is asked first


def one_entry() -> None:
    """Ask for one target or milestone: a new one, or one of the plan."""
    there = by_code(draft())
    chosen = st.selectbox(
        t("plan_desk.which"),
        ["", *there],
        format_func=lambda code: called(there[code]) if code else t("plan_desk.new"),
        key=f"plan-which-{year()}-{turn()}",
    )
    was = there.get(chosen)
    kind = st.segmented_control(
        t("plan_desk.kind"),
        [*desk().kinds],
        format_func=lambda code: desk().kinds[code].name[language()],
        default=_kind_at_first(was),
        required=True,
        key=f"plan-kind-{year()}-{chosen}-{turn()}",
    )
    explain(kind, _fill_in)
    form = f"{year()}-{chosen}-{kind}-{turn()}-{st.session_state.get('plan_fill_turn', 0)}"
    start = st.session_state.get("plan_fill") or (cells_of(was, language()) if was else {})
    if faults := st.session_state.get("plan_faults", {}).get(form):
        cell_faults([(None, fault) for fault in faults])
    _form(form, kind, start, chosen)
    if was and kind != MILESTONE and was.get("kind") == kind:
        adjust(chosen, was)


def turn() -> int:
    """Return a number for the widgets of forms; it changes once something is put in the plan."""
    return int(st.session_state.get("plan_turn", 0))


def begin_anew() -> None:
    """Have the forms begin anew."""
    st.session_state["plan_turn"] = turn() + 1
    for name in ("plan_faults", "plan_fill"):
        st.session_state.pop(name, None)


def _kind_at_first(was: Entry | None) -> str:
    if was is None:
        return FIRST
    kind = str(was.get("kind", MILESTONE))
    return kind if kind in desk().kinds else FIRST


def _fill_in(cells: dict[str, str]) -> None:
    st.session_state["plan_fill"] = cells
    st.session_state["plan_fill_turn"] = st.session_state.get("plan_fill_turn", 0) + 1


def _form(form: str, kind: str, start: dict[str, str], chosen: str) -> None:
    # a code goes with its entry as long as that is there
    names = [name for name in columns_of(kind) if name not in ("kind", "code")]
    mine = f"_{language()}"
    first = [n for n in names if n.removesuffix(mine) in MOST or n in MOST]
    rest = [n for n in names if n not in first]
    is_more = any(start.get(n) for n in rest if n.removesuffix(_other()) not in MOST)
    with st.form(f"plan-form-{form}", border=False):
        _fields(form, first, kind, start)
        with st.expander(t("plan_desk.more"), expanded=is_more):
            _fields(form, rest, kind, start)
        with st.container(horizontal=True):
            st.form_submit_button(
                t("plan_desk.put_changed" if chosen else "plan_desk.put_new"),
                type="primary",
                on_click=_put,
                args=(form, names, kind, chosen),
                key=f"put-{form}",
            )
            if chosen:
                st.form_submit_button(
                    t("plan_desk.take_out"),
                    on_click=_take_out,
                    args=(chosen,),
                    key=f"out-{form}",
                )
    note(t("plan_desk.not_saved_yet"))


def _other() -> str:
    return "_en" if language() == "zh" else "_zh"


def _fields(form: str, names: list[str], kind: str, start: dict[str, str]) -> None:
    """Draw the fields side by side; a long one has a row to itself."""
    line: list[str] = []
    for name in [*names, ""]:
        is_long = not name or name in LONG or name.rpartition("_")[0] in LONG
        if line and (is_long or len(line) == 2):
            for column, shown in zip(st.columns(2), line, strict=False):
                with column:
                    _field(form, shown, kind, start.get(shown, ""))
            line = []
        if name and is_long:
            _field(form, name, kind, start.get(name, ""))
        elif name:
            line.append(name)


def _field(form: str, name: str, kind: str, value: str) -> None:
    column = desk().columns[name]
    label, key = column.called(language()), _widget(form, name)
    is_needed = name in ("measure", "per", "at_least", f"name_{language()}")
    label = t("loading.needed", name=label) if is_needed else label
    known = choices(name, kind)
    if not known:
        takes = column.hint(language(), year())
        st.text_input(label, value=value, placeholder=takes, key=key)
        return
    words = [choice.words[language()] for choice in known.values()]
    if value and value not in words:
        words.append(value)  # which the file says, and no rule allows
    st.selectbox(
        label,
        words,
        index=words.index(value) if value in words else None,
        placeholder=t("registers.choose") if is_needed else t("plan_desk.may_be_left"),
        key=key,
    )


def _widget(form: str, name: str) -> str:
    return f"plan-{form}-{name}"


def _given(form: str, names: list[str], kind: str) -> dict[str, str]:
    said = {name: st.session_state.get(_widget(form, name)) for name in names}
    return {"kind": kind} | {name: str(value) for name, value in said.items() if value}


def _put(form: str, names: list[str], kind: str, chosen: str) -> None:
    said = _given(form, names, kind)
    made = entry_of(year(), said, language=language(), branches=branches())
    faults = [*made.faults, *_name_taken(made, chosen)]
    if faults:
        st.session_state["plan_faults"] = {form: faults}
        say_later(t("plan_desk.not_put", count=len(faults)), "bad")
        return
    put(drafts.with_entry(draft(), made, chosen, codes()))
    begin_anew()
    say_later(t("plan_desk.was_put", name=called(made.entry)), "good")


def _name_taken(made: Made, chosen: str) -> list[CellFault]:
    """Return that another entry has the name already: nobody could tell the two apart."""
    name = made.entry.get("name", {})
    for entry in draft().entries(made.table):
        other = entry.get("name")
        if entry.get("code") == chosen or not isinstance(other, dict) or not name:
            continue
        if name[language()] == other.get(language()):
            return [CellFault(f"name_{language()}", "name_taken", name[language()])]
    return []


def _take_out(chosen: str) -> None:
    name = called(by_code(draft())[chosen])
    put(drafts.without(draft(), chosen))
    begin_anew()
    say_later(t("plan_desk.was_taken_out", name=name), "good")
