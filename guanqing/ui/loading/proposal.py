"""A layout for files nobody has described yet: proposed, looked over by a person, then saved."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from guanqing.intake import layouts
from guanqing.intake.decoding import Text
from guanqing.intake.proposals import LEAST, LOW, Proposal, every_kind, layout_of, save
from guanqing.problems import Problem
from guanqing.ui.loading.fields import ask_codes, ask_stamps, with_changes
from guanqing.ui.shell.session import language, said, t, tell
from guanqing.ui.shell.visitor import require
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step

Changes = Mapping[str, Any]  # codes and stamps, as in a layout file
Draft = tuple[Proposal, Changes]
NAME = re.compile(r"[a-z0-9_-]{1,40}")


def forget_proposals() -> None:
    """Leave behind what was proposed and changed: other files are there now."""
    for key in [k for k in st.session_state if str(k).startswith(("map-", "code-", "draft-"))]:
        del st.session_state[key]


def propose_layout(found: Sequence[Text], own: Path, *, is_first: bool) -> None:
    """Show what unknown files probably are, let it be corrected, and save it as a layout.

    is_first: no layout reads any of the files, so this is what to do next.
    """
    proposals = _proposals(found)
    if not proposals:
        if is_first:
            said(t("loading.nothing_recognised"), "bad")
        return
    title = "loading.propose" if is_first else "loading.propose_rest"
    with step("propose", t(title), t("loading.propose_hint")):
        if not is_first and not st.toggle(t("loading.propose_open"), key="draft-open"):
            return
        turn = _choose_file(proposals, {text.name: text.encoding for text in found})
        kinds = proposals[turn]
        place = _choose_kind(kinds, turn)
        proposal = with_changes(kinds[place], f"{turn}-{place}")
        codes = ask_codes(proposal, f"{turn}-{place}")
        stamps = ask_stamps(proposal, f"{turn}-{place}")
        _save(proposals, turn, proposal, codes | stamps, own)


def _proposals(found: Sequence[Text]) -> list[list[Proposal]]:
    """Return the proposals of each file that has any, the surest file first; made once."""
    names = tuple(text.name for text in found)
    kept = st.session_state.get("draft-proposals")
    if not kept or kept[0] != names:
        with st.spinner(t("loading.looking")):
            # every kind can be chosen, of a file that looks like anything at all
            made = [of for of in every_kind(found).values() if of[0].confidence >= LEAST]
        made.sort(key=lambda proposals: -proposals[0].confidence)
        kept = st.session_state["draft-proposals"] = (names, made)
    result: list[list[Proposal]] = kept[1]
    return result


def _choose_file(proposals: list[list[Proposal]], encodings: dict[str, str]) -> int:
    names = [kinds[0].name for kinds in proposals]
    labels = [f"{name} · {encodings[name]}" for name in names]
    if len(proposals) == 1:
        note(labels[0])
        return 0
    done = st.session_state.get("draft-accepted", {})
    turn = st.selectbox(
        t("loading.unknown_file", count=len(proposals)),
        range(len(proposals)),
        format_func=lambda turn: ("✔ " if turn in done else "") + labels[turn],
        key="draft-file",
    )
    return int(turn or 0)


def _choose_kind(kinds: list[Proposal], turn: int) -> int:
    place = st.selectbox(
        t("loading.kind"),
        range(len(kinds)),
        format_func=lambda place: t(
            "loading.kind_sure",
            kind=kinds[place].kind.name[language()],
            share=float(kinds[place].confidence),
        ),
        key=f"draft-kind-{turn}",
    )
    if kinds[int(place or 0)].confidence < LOW:
        said(t("loading.low"), "doubt")
    return int(place or 0)


def _save(
    proposals: list[list[Proposal]], turn: int, proposal: Proposal, changes: Changes, own: Path
) -> None:
    """Offer to keep what is shown as a layout; of several files, those looked at before too."""
    if proposal.missing:
        fields = (proposal.kind.fields[name] for name in proposal.missing)
        names = t("app.list_mark").join(str(getattr(f, language())) for f in fields)
        said(t("loading.still_missing", fields=names), "bad")
    is_one = len(proposals) == 1
    accepted: dict[int, Draft] = st.session_state.setdefault("draft-accepted", {})
    drafts = {turn: (proposal, changes)} if is_one else accepted
    left, middle, right = st.columns([4, 3, 3], vertical_alignment="bottom")
    name = left.text_input(
        t("loading.layout_name"), placeholder=t("loading.layout_name_such_as"), key="draft-name"
    )
    middle.button(
        t("loading.save", count=len(drafts)),
        type="primary",
        disabled=not drafts or not name or (is_one and bool(proposal.missing)),
        on_click=_keep_layout,
        args=(list(drafts.values()), own, name),
        key="save-layout",
    )
    if not is_one:
        right.button(
            t("loading.take_back" if turn in accepted else "loading.accept"),
            disabled=bool(proposal.missing) and turn not in accepted,
            on_click=_take_back if turn in accepted else _accept,
            args=(turn,) if turn in accepted else (turn, (proposal, changes), len(proposals)),
            key="accept-draft",
        )
    if problem := st.session_state.pop("draft-problem", None):
        said(tell(problem), "bad")


def _take_back(turn: int) -> None:
    del st.session_state["draft-accepted"][turn]


def _accept(turn: int, draft: Draft, count: int) -> None:
    st.session_state["draft-accepted"] = st.session_state.get("draft-accepted", {}) | {turn: draft}
    st.session_state["draft-file"] = (turn + 1) % count


def _keep_layout(drafts: list[Draft], own: Path, name: str) -> None:
    """Save the drafts as one layout, and choose it: what it reads is then shown before a load."""
    try:
        require("load")
        if not NAME.fullmatch(name):
            raise Problem("layout_name_invalid", name=name)
        if name in layouts.names(own):
            raise Problem("layout_name_taken", name=name)
        proposals = [proposal for proposal, _ in drafts]
        changes: dict[str, Any] = {"codes": {}}
        for _, made in drafts:
            changes["codes"] |= made.get("codes", {})
            changes |= {"stamps": made["stamps"]} if "stamps" in made else {}
        save(layout_of(proposals, changes), own, name)
    except Problem as problem:
        st.session_state["draft-problem"] = problem
    else:
        st.session_state["load_layout"] = name
        forget_proposals()
