"""The kinds of target in words, each with an example that can be filled in at once."""

from collections.abc import Callable

import streamlit as st
from markupsafe import Markup

from guanqing.figures.blocks import Table
from guanqing.figures.markup import small, strong
from guanqing.plan.making.cells import entry_of
from guanqing.plan.making.columns import Shape, columns_of, desk
from guanqing.plan.making.showing import cells_of
from guanqing.plan.planrules import Entry
from guanqing.ui.plan_desk.state import branches, year
from guanqing.ui.shell.session import language, t
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.tables import table


def example_of(shape: Shape, *, grouped: bool = False) -> dict[str, str]:
    """Return the example of a kind as cells in the reader's words; grouped: 13,000."""
    made = entry_of(year(), {"kind": shape.kind or shape.code} | shape.example, language="zh")
    return cells_of(_with_our_branches(made.entry), language(), grouped=grouped)


def _with_our_branches(entry: Entry) -> Entry:
    """Return an example with the library's own branches, for it is filled in as it stands."""
    parts, ours = entry.get("by_branch", {}), [*branches()]
    if not parts or not ours:  # where there is none yet, any will do
        return entry
    if len(ours) < len(parts):
        return entry | {"by_branch": {ours[0]: entry["at_least"]}}
    return entry | {"by_branch": dict(zip(ours, parts.values(), strict=False))}


def explain(kind: str, fill_in: Callable[[dict[str, str]], None]) -> None:
    """Say what a kind of target promises and show its examples; fill_in takes the cells of one."""
    shape = desk().kinds[kind]
    note(shape.words[language()])
    with st.expander(t("plan_desk.examples")):
        _example(shape, fill_in)
        for way in desk().ways.values():
            if way.kind == kind:
                note(Markup("{}{}").format(strong(way.name[language()]), _said(way)))
                _example(way, fill_in)


def _said(way: Shape) -> Markup:
    return Markup("<br>{}").format(small(way.words[language()]))


def _example(shape: Shape, fill_in: Callable[[dict[str, str]], None]) -> None:
    cells = example_of(shape)
    own = [name for name in columns_of(shape.kind or shape.code) if name in cells]
    shown = [name for name in own if not name.endswith(_other())]
    looks = example_of(shape, grouped=True)
    rows = [[desk().columns[name].called(language()), looks[name]] for name in shown]
    heads = [(t("plan_desk.field"), ""), (t("plan_desk.such_as"), "")]
    table(Table(heads, [list(row) for row in rows]), style="gq-register gq-example")
    st.button(
        t("plan_desk.fill_in"),
        key=f"plan-example-{shape.code}",
        type="tertiary",
        icon=":material/input:",
        on_click=fill_in,
        args=(cells,),
    )


def _other() -> str:
    return "_en" if language() == "zh" else "_zh"
