"""What came of the last load: the account, what was refused, and the way back."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import streamlit as st

from guanqing import text
from guanqing.figures.account import PARTS, equation, rules_touched
from guanqing.figures.blocks import Cell, Table
from guanqing.figures.markup import fill
from guanqing.intake.accounts import FileReport, LoadReport, RefusedLine, refusals
from guanqing.intake.validation import rules
from guanqing.store import Store, default_store
from guanqing.ui.loading.history import confirm_going_back
from guanqing.ui.loading.job import PHASES, Job, desk
from guanqing.ui.loading.words import listed
from guanqing.ui.shell.library import asked
from guanqing.ui.shell.session import language, said, t, tell, verbatim
from guanqing.ui.shell.view import view
from guanqing.ui.widgets.blocks import note
from guanqing.ui.widgets.panels import step, work
from guanqing.ui.widgets.tables import as_typed, table

EVERY_SECONDS = 0.5
SHOWN = 12


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
def _follow() -> None:
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
    rows = [_refused_line(line) for line in report.refused_lines[:SHOWN]]
    count = text.exact(report.total("refused"), language())
    with step("refused", t("loading.refused", count=count), t("loading.refused_hint")):
        table(Table(heads, rows), of=len(report.refused_lines))
        if report.load_number is not None:
            store, number = default_store(), report.load_number
            st.download_button(
                t("loading.download_refused"),
                # made when asked for: it may be large
                data=lambda: refused_lines(store, number),
                file_name=f"refused-{number:06}.zip",
                mime="application/zip",
                icon=":material/download:",
                key="download-refused",
                on_click="ignore",
            )


def _refused_line(line: RefusedLine) -> list[Cell]:
    return [
        line.file_name,
        text.exact(line.line_number, language()),
        line.column or text.NOTHING,
        as_typed(line.value),
        rules.rules()[line.rule_code].name[language()],
    ]


def refused_lines(store: Store, number: int) -> bytes:
    """Return the refused lines of a load as a zip of files that can be mended and loaded."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, _count) in refusals.contents(store, number).items():
            archive.writestr(f"{name.replace('/', '_').removesuffix('.csv')}.csv", content)
    return packed.getvalue()


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
