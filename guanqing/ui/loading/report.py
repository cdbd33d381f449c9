"""What came of the last load: the account, what was refused, and the way back."""

from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from guanqing import text
from guanqing.figures.account import PARTS, equation, rules_touched
from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import fill
from guanqing.intake.accounts import FileReport, LoadReport, RefusedLine, refusals
from guanqing.intake.validation import rules
from guanqing.store import default_store
from guanqing.ui import exports
from guanqing.ui.loading.history import confirm_going_back
from guanqing.ui.loading.job import PHASES, Job, desk
from guanqing.ui.loading.words import listed
from guanqing.ui.shell.entrance import look_again
from guanqing.ui.shell.guarding import guarded
from guanqing.ui.shell.library import asked
from guanqing.ui.shell.naming import offer_names, seconds_named
from guanqing.ui.shell.session import language, said, t, tell, verbatim
from guanqing.ui.shell.view import view
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step, work
from guanqing.ui.widgets.tables import as_typed, table

EVERY_SECONDS = 0.5
SHOWN = 12


@guarded("load_under_way")
def load_under_way() -> None:
    """Show how far the load under way has come, or say why the last one could not be done."""
    desk().collect()
    if desk().job:
        _follow()
    elif found := desk().problem:
        problem, uploads = found
        with step("failed", t("loading.failed"), t("loading.failed_hint")):
            said(uploads.without_folder(tell(problem)), "bad")


@st.fragment(run_every=EVERY_SECONDS)
@guarded("load_under_way")
def _follow() -> None:
    look_again()
    job = desk().job
    if job is None or job.result.done():
        st.rerun()
    with step("progress", t("loading.loading", count=job.file_count)):
        st.progress(job.share, text=_where(job))
        now = PHASES.index(job.phase)
        marks = [("✔", "good"), ("●", "go"), ("○", "")]
        phases = [
            (*marks[(turn >= now) + (turn > now)], t(f"loading.phase_{phase}"))
            for turn, phase in enumerate(PHASES)
        ]
        st.html(fill("phases", phases=phases))
        note(t("loading.loading_hint"))


def _where(job: Job) -> str:
    if job.phase == "reading" and job.step:
        return t("loading.reading_file", name=verbatim(job.step), seconds=job.seconds)
    return t("loading.at_phase", phase=t(f"loading.phase_{job.phase}"), seconds=job.seconds)


def _verdict(report: LoadReport | None) -> str:
    """Return in one line what the last load came to."""
    if report and report.load_number is None:
        return t("loading.nothing_new")
    files = _files(report)
    if not files:
        return t("loading.never")
    if report and not report.total("loaded") + report.total("repaired"):
        return t("loading.nothing_added")
    total = {name: sum(file[name] for file in files) for name in ("line_count", "refused_count")}
    key = "loading.just_loaded" if report else "loading.last_loaded"
    key += "_refused" if total["refused_count"] else ""
    shown = {name: text.exact(count, language()) for name, count in total.items()}
    return t(key, lines=shown["line_count"], refused=shown["refused_count"])


@guarded("rules_met")
def rules_met() -> None:
    """Draw the rules met by the load that has just ended, else by the last."""
    applied = asked("rules_applied")
    report = desk().report
    met = (
        report.by_rule
        if report
        else dict(applied.frame.select("rule_code", "line_count").iter_rows())
    )
    if met:
        with work("rules", t("loading.rules"), "records", [applied]):
            st.html(rules_touched(view(), met) or "")


@guarded("last_load")
def last_load() -> None:
    """Draw the account of the load that has just ended, else of the last behind the library."""
    report = desk().report
    with work("account", _verdict(report), "records", [asked("load_account")]):
        files = _files(report)
        if not files:
            note(t("loading.never_hint"))
            return
        if report and report.load_number is None:
            note(t("loading.nothing_new_hint"))
        st.html(equation(view(), files))
        if report and report.skipped:
            note(t("loading.skipped_kept", names=listed(report.skipped)))


@guarded("what_to_mend")
def what_to_mend() -> None:
    """Draw what the load that has just ended could not use; offer its lines and the way back."""
    report = desk().report
    if report is None:
        return
    served = next((g for g in default_store().generations() if g.is_current), None)
    with st.container(horizontal=True, key="after-load"):
        st.button(t("loading.done"), key="forget-load", on_click=desk().forget)
        if served and served.number == report.load_number and served.parent:
            confirm_going_back(served.parent, t("loading.undo"), key="undo-load")

    if report.refused_lines:
        _refused(report)
    if report.unmapped_codes:
        _unmapped(report)


def _unmapped(report: LoadReport) -> None:
    count = len(report.unmapped_codes)
    heads = [*((t(f"loading.{name}"), "") for name in ("file", "column", "code"))]
    rows = [
        [code.file_name, code.column, code.value, text.exact(code.line_count, language())]
        for code in report.unmapped_codes[:SHOWN]
    ]
    with step("codes", t("loading.codes", count=count), t("loading.codes_hint")):
        table(Table([*heads, (t("sources.rule_lines"), "n")], rows), of=count)


def _refused(report: LoadReport) -> None:
    heads = [(t("loading.file"), "wide"), (t("loading.line"), "n")]
    heads += [(t(f"loading.{name}"), "") for name in ("column", "value", "rule")]
    seconds = seconds_named()
    masked = (
        set() if seconds else {file.file_name for file in report.files if file.kind == "readers"}
    )
    rows = [_refused_line(line, masked) for line in report.refused_lines[:SHOWN]]
    count = text.exact(report.total("refused"), language())
    with step("refused", t("loading.refused", count=count), t("loading.refused_hint")):
        table(Table(heads, rows), of=len(report.refused_lines))
        if report.load_number is not None:
            words = t("loading.download_refused")
            exports.offer_refused(words, report.load_number, "download-refused", seconds)
        if any(file.kind == "readers" for file in report.files):
            offer_names()


def _refused_line(line: RefusedLine, masked: Collection[str]) -> list[Cell]:
    value = refusals.starred(line.value) if line.file_name in masked and line.value else line.value
    return [
        line.file_name,
        text.exact(line.line_number, language()),
        line.column or text.NOTHING,
        as_typed(value),
        rules.rules()[line.rule_code].name[language()],
    ]


def _files(report: LoadReport | None) -> list[Mapping[str, Any]]:
    if report:
        return [_as_row(file) for file in report.files]
    return [*asked("load_account").frame.to_dicts()]


def _as_row(file: FileReport) -> dict[str, Any]:
    counts = {f"{part}_count": getattr(file, part) for part in PARTS}
    return {
        "file_name": file.file_name,
        "record_kind": file.kind,
        "line_count": file.lines_read,
        **counts,
    }
