"""The fields of a proposal on a screen: a choice of column for each, of meaning for each code."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import streamlit as st
from markupsafe import Markup

from guanqing.figures.markup import joined
from guanqing.intake.proposals import Proposal
from guanqing.intake.proposals.stamps import DAY_FIRST, MONTH_FIRST
from guanqing.own import of_store
from guanqing.records import Field, code_names
from guanqing.store import default_store
from guanqing.ui.loading.reading import SAMPLES, sample
from guanqing.ui.shell.session import language, t, verbatim
from guanqing.ui.widgets.blocks import note

NONE = ""
ACROSS = 3
CODES_ASKED = 12


def with_changes(proposal: Proposal, key: str) -> Proposal:
    """Draw a choice of column for each field; return the proposal as it then stands."""
    fields = sorted(proposal.kind.fields.values(), key=lambda found: not _must(found))
    keys = {found.name: f"map-{key}-{found.name}" for found in fields}
    for found in fields:
        st.session_state.setdefault(keys[found.name], proposal.columns.get(found.name, NONE))
    changed = _as_chosen(proposal, {f.name: st.session_state[keys[f.name]] for f in fields})
    first = [found for found in fields if _must(found) or found.name in proposal.columns]
    rest = [found for found in fields if found not in first]
    _fields(changed, first, keys)
    if rest:
        with st.expander(t("loading.other_fields", count=len(rest)), key=f"draft-rest-{key}"):
            _fields(changed, rest, keys)
    return changed


def _must(found: Field) -> bool:
    return found.needed or found.column


def _fields(proposal: Proposal, fields: Sequence[Field], keys: dict[str, str]) -> None:
    for row in _batched(fields):
        for column, found in zip(st.columns(ACROSS), row, strict=False):
            with column:
                st.selectbox(
                    _label(found),
                    [NONE, *proposal.table.columns.values()],
                    format_func=lambda header: _header_label(proposal, header),
                    key=keys[found.name],
                    persist_state="session",
                    on_change=_only_once,
                    args=(keys[found.name], list(keys.values())),
                )
                st.html(_evidence(proposal, found))


def _batched(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield items as many at a time as stand side by side."""
    return (items[begin : begin + ACROSS] for begin in range(0, len(items), ACROSS))


def _only_once(chosen: str, keys: list[str]) -> None:
    """Take a column away from the field that had it: it can serve one."""
    header = st.session_state[chosen]
    for key in keys:
        if header and key != chosen and st.session_state.get(key) == header:
            st.session_state[key] = NONE


def _as_chosen(proposal: Proposal, wanted: dict[str, str]) -> Proposal:
    changed = {n: h for n, h in wanted.items() if h != proposal.columns.get(n, NONE)}
    for name, header in sorted(changed.items(), key=lambda item: bool(item[1])):
        proposal = proposal.with_column(name, header)
    return proposal


def _label(found: Field) -> str:
    name = str(getattr(found, language()))
    return t("loading.needed", name=name) if _must(found) else name


def _header_label(proposal: Proposal, header: str) -> str:
    if not header:
        return t("loading.no_column")
    return header if proposal.table.has_header else t("loading.column_number", number=header)


def _evidence(proposal: Proposal, found: Field) -> Markup:
    """Return how sure a column is, and the first values in it."""
    match = proposal.matches.get(found.name)
    if match is None:
        words = t("loading.must_have") if _must(found) else ""
        return Markup('<div class="gq gq-line bad">{}</div>').format(words)
    filled = [value for value in proposal.table.values(match.place) if value][:SAMPLES]
    shown = joined(*(sample(value, found) for value in filled))
    # what a person chose has no reasons beside it
    sure = t("loading.sure", share=float(match.score)) if match.reasons else t("loading.by_you")
    return Markup('<div class="gq gq-line"><b>{}</b> {}</div>').format(sure, shown)


def ask_codes(proposal: Proposal, key: str) -> dict[str, dict[str, dict[str, str]]]:
    """Offer a meaning for each code that no word of ours resembles."""
    asked: dict[str, dict[str, str]] = {}
    for name, codes in proposal.codes.items():
        found = proposal.kind.fields[name]
        ours = code_names(found.list, of_store(default_store().root, is_simulated=False))
        known = {code: mean for code, mean in codes.items() if mean}
        open_codes = [code for code in codes if code not in known][:CODES_ASKED]
        if known:
            pairs = (f"{code} → {_word(ours, mean)}" for code, mean in known.items())
            words = t("app.list_mark").join(pairs)
            note(t("loading.codes_known", field=getattr(found, language()), pairs=words))
        if not open_codes:
            continue
        note(t("loading.codes_open", field=getattr(found, language())))
        for row in _batched(open_codes):
            for column, code in zip(st.columns(ACROSS), row, strict=False):
                mean = column.selectbox(
                    verbatim(code),
                    [NONE, *ours],
                    format_func=partial(_word, ours),
                    key=f"code-{key}-{name}-{code}",
                    persist_state="session",
                )
                if mean:
                    asked.setdefault(name, {})[code] = mean
    return {"codes": asked} if asked else {}


def _word(ours: dict[str, tuple[str, str]], code: str | None) -> str:
    if not code:
        return t("loading.code_open")
    return ours[code][0 if language() == "zh" else 1]


def ask_stamps(proposal: Proposal, key: str) -> dict[str, list[str]]:
    """Ask what comes first in dates that may be read two ways."""
    if not proposal.stamps.is_open:
        return {}
    first = st.segmented_control(
        t("loading.day_or_month"),
        ["day", "month"],
        format_func=lambda first: t(f"loading.first_{first}"),
        default="day",
        required=True,
        key=f"draft-stamps-{key}",
    )
    forms = DAY_FIRST if first == "day" else MONTH_FIRST
    return {"stamps": [*forms, *proposal.stamps.forms]}
