"""The command that says what an unknown file probably is, and makes a layout of that."""

import shlex
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from guanqing import text
from guanqing.cli.frame import StoreOption, app, err, language, out, say, store_at, store_option
from guanqing.intake import proposals
from guanqing.intake.decoding import texts
from guanqing.intake.loading import own_layouts
from guanqing.intake.proposals import Change, Match, Proposal, Reason
from guanqing.problems import Problem
from guanqing.records import Kind, kinds
from guanqing.store import Store

SHOWN_CODES = 20
UNSURE = 0.6


@app.command()
def propose(
    paths: Annotated[
        list[Path], typer.Argument(help="Files of an unknown system, or the folder with them.")
    ],
    kind: Annotated[
        str | None,
        typer.Option(help="Take them for this kind of record: loans, log, readers, visits, …"),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="Mend the mapping: FIELD=HEADER, or FIELD= to leave it out."),
    ] = None,
    save: Annotated[
        str | None, typer.Option(help="Write the mapping as a layout of your own, by this name.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a layout of this name.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Say what files that no layout describes seem to hold, column by column, and why.

    Goes by the headers and by the values of the first lines. Nothing is loaded: the mapping is for
    you to check. Saved under a name, it is a layout that `guanqing load FILE --layout NAME` reads
    by; codes that no name explains stand in it to be filled in.

    Exit code: 0, or 2 where nothing could be read or saved.
    """
    chosen = store_at(store)
    if kind and kind not in kinds():
        raise Problem("unknown_kind", name=kind, names=", ".join(kinds()))
    found, fitting = _look_at(paths, chosen, kind, changes or [])
    likely = _print(found)
    if save is None or not likely:
        _say_next(paths, likely, fitting)
        return
    # of several files those that lack something are left out, and it is said which
    whole = [proposal for proposal in likely if not proposal.missing]
    others = {} if kind else proposals.outdone(whole)
    whole = [proposal for proposal in whole if proposal.name not in others]
    for proposal in likely if whole else ():
        if other := others.get(proposal.name):
            called = _called(proposal.kind)
            _line("outdone", file=proposal.name, kind=called, other=other.name)
        elif proposal.missing:
            _line("left_out", file=proposal.name, fields=", ".join(proposal.missing))
    layout = proposals.layout_of(whole or likely)
    path = proposals.save(layout, own_layouts(chosen), save, replace=replace)
    said = {"path": str(path), "files": _typed(paths), "layout": save, "store": store_option()}
    err.print(say("proposal.next_load", **said), soft_wrap=True, highlight=False)


def show(paths: Sequence[Path], store: Store) -> None:
    """Print what files seem to hold, and how to load them: what `load` does without a layout."""
    found, fitting = _look_at(paths, store)
    likely = _print(found)
    err.print(say("proposal.nothing_loaded"), soft_wrap=True)
    _say_next(paths, likely, fitting)


def _look_at(
    paths: Sequence[Path], store: Store, kind: str | None = None, changes: Sequence[str] = ()
) -> tuple[dict[str, list[Proposal]], str | None]:
    """Return what each text may be, by its name, and the layout that fits them all.

    A person may say of which kind of record they are, and which column is which.
    """
    with tempfile.TemporaryDirectory() as scratch:
        read = texts(paths, Path(scratch))
        found = proposals.every_kind(read)
        fitting = proposals.best_layout(read, own_layouts(store))
    if kind:
        found = {name: [p for p in ps if p.kind.code == kind] for name, ps in found.items()}
    return proposals.with_changes(found, [_change(change) for change in changes]), fitting


def _change(text: str) -> Change:
    name, _, header = text.partition("=")
    return Change(name.strip(), header.strip())


def _say_next(paths: Sequence[Path], found: Sequence[Proposal], fitting: str | None) -> None:
    """Say what a person can do: use a layout that fits, save the mapping, or fill in a template."""
    files, at = _typed(paths), store_option()
    if fitting:
        said = say("proposal.use_layout", layout=fitting, files=files, store=at)
    elif any(not proposal.missing for proposal in found):
        said = say("proposal.next_save", files=files, store=at)
    else:
        said = say("proposal.next_none")
    err.print(said, soft_wrap=True, highlight=False)


def _typed(paths: Sequence[Path]) -> str:
    return shlex.join(map(str, paths))


def _print(found: Mapping[str, list[Proposal]]) -> list[Proposal]:
    """Print what each text may be; return the likeliest of each that may be anything."""
    likely = []
    for name, others in found.items():
        proposal = others[0]
        if proposal.confidence < proposals.LEAST:
            headers = say("app.list_mark").join(proposal.table.columns.values())
            _line("none", file=name, headers=headers)
            continue
        likely.append(proposal)
        key = "low" if proposal.is_low else "found"
        _line(key, file=name, kind=_called(proposal.kind), confidence=_percent(proposal.confidence))
        out.print(_mapping(proposal))
        if proposal.unmatched:
            _line("unmatched", headers=say("app.list_mark").join(proposal.unmatched))
        if proposal.stamps.forms:
            _line("stamps", forms=say("app.list_mark").join(proposal.stamps.forms))
        if proposal.stamps.is_open:
            _line("day_or_month")
        if proposal.scheme in ("dewey", "other"):
            _line(f"scheme_{proposal.scheme}")
        for field in proposal.codes:
            out.print(_codes(proposal, field))
        if near := [other for other in others[1:] if not other.is_low and not other.missing]:
            called = (f"{other.kind.code} {_percent(other.confidence)}" for other in near)
            _line("others", kinds=say("app.list_mark").join(called))
    return likely


def _line(key: str, **values: str) -> None:
    out.print(say(f"proposal.{key}", **values), soft_wrap=True, highlight=False)


def _called(kind: Kind) -> str:
    return f"{kind.name[language()]} ({kind.code})"


def _percent(share: float) -> str:
    return text.share(share, language(), decimals=0)


def _mapping(proposal: Proposal) -> Table:
    table = Table()
    for key in ("field", "header", "confidence", "reasons"):
        side: Literal["left", "right"] = "right" if key == "confidence" else "left"
        table.add_column(say(f"proposal.{key}"), justify=side, overflow="fold")
    for name, found in proposal.kind.fields.items():
        words = f"{found.zh if language() == 'zh' else found.en} ({name})"
        if match := proposal.matches.get(name):
            header = " + ".join([match.header, *(match.clock or ())[:1]])
            table.add_row(words, header, _percent(match.score), _why(match))
        elif name in proposal.missing:
            table.add_row(words, Text(say("proposal.missing"), "red"), "", "")
    return table


def _why(match: Match) -> Text:
    mark = "" if match.score >= UNSURE else "? "
    reasons = say("app.list_mark").join(_reason(reason) for reason in match.reasons)
    return Text.assemble((mark, "yellow"), reasons)


def _reason(reason: Reason) -> str:
    shown = {
        key: _percent(value) if key == "share" else str(value)
        for key, value in reason.values.items()
    }
    return say(f"proposal.{reason.code}", **shown)


def _codes(proposal: Proposal, field: str) -> Table:
    """Return the codes of a column, ours beside them; what is not known must be told."""
    header = proposal.matches[field].header
    title = say("proposal.codes", header=header, field=field)
    heads = (say(f"proposal.{key}") for key in ("code", "meaning", "line_count"))
    table = Table(*heads, title=title, title_justify="left")
    counts = proposal.code_counts[field]
    for theirs, ours in list(proposal.codes[field].items())[:SHOWN_CODES]:
        known = ours or Text(say("proposal.unmapped"), "yellow")
        table.add_row(theirs, known, f"{counts[theirs]:,}")
    return table
