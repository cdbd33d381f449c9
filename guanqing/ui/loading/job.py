"""The load under way: it runs beside the pages, so no click and no closed tab cuts it short.

One for each store: whoever sits at this machine sees it, in whichever tab.
"""

import logging
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from guanqing.access.people import Visitor
from guanqing.intake import loading
from guanqing.intake.accounts import LoadReport
from guanqing.intake.publishing import resolving
from guanqing.intake.publishing.build import derivations
from guanqing.problems import Problem
from guanqing.store import Store, default_store
from guanqing.ui.loading.reading import Reading, without
from guanqing.ui.loading.uploads import Uploads
from guanqing.ui.registers.saving import OF_THE_PLAN
from guanqing.ui.shell import guarding
from guanqing.ui.shell.visitor import recording, require, visitor

LOG = logging.getLogger(__name__)
PHASES = ("reading", "merging", "settling", "counting")


@dataclass
class Job:
    """A load: what it reads, and how far it has come."""

    uploads: Uploads  # as long as this is held, the files stay
    reading: Reading
    layout: str
    encoding: str | None
    kinds: frozenset[str]  # of records in them
    file_count: int  # those the layout reads
    begun: float = field(default_factory=time.monotonic)
    step: str = ""
    step_count: int = 0  # begun so far
    merged_at: int = 0  # the number of the step that put old and new together
    result: Future[LoadReport] = field(default_factory=Future)

    @property
    def share(self) -> float:
        """Return how much is done, in steps: files count like the others."""
        total = len(self.reading.texts) + 1 + len(resolving.steps()) + len(derivations())
        return min(max(self.step_count - 1, 0) / total, 1.0)

    @property
    def phase(self) -> str:
        """Return which part of the work is being done."""
        if not self.merged_at:
            return "reading"
        since = self.step_count - self.merged_at
        if not since:
            return "merging"
        return "settling" if since <= len(resolving.steps()) else "counting"

    @property
    def seconds(self) -> int:
        """Return how long it has run."""
        return int(time.monotonic() - self.begun)

    def report(self, step: str) -> None:
        """Take down that a step begins."""
        self.step_count += 1
        self.step = step
        if step == "merge":
            self.merged_at = self.step_count

    def run(self, store: Store, by: Visitor) -> None:
        """Load, and keep what came of it for whoever asks; what cannot be noted is not loaded."""
        paths = list(self.reading.by_path)
        try:
            with recording("loaded", by, files=sorted(path.name for path in paths)):
                done = loading.load(paths, self.layout, store, self.report, encoding=self.encoding)
            self.uploads.remove(without(self.reading, done.skipped))
        except BaseException as error:  # handed on: it is raised where the result is asked for
            self.result.set_exception(error)
        else:
            self.result.set_result(done)


@dataclass
class Desk:
    """Where loads are handed in: at most one at a time, and the last one's outcome."""

    job: Job | None = None
    report: LoadReport | None = None
    problem: tuple[Problem, Uploads] | None = None

    @property
    def is_busy(self) -> bool:
        """Return whether a load is under way."""
        return self.job is not None

    def start(self, job: Job) -> None:
        """Begin a load; the library served stays as it is until it is done."""
        require("load")
        if not job.kinds.isdisjoint(OF_THE_PLAN):  # a file is no way round the plan's own page
            require("decide")
        if self.job:
            return
        self.forget()
        self.job = job
        threading.Thread(target=job.run, args=[default_store(), visitor()], daemon=True).start()

    def collect(self) -> None:
        """Take in what a load that has ended came to; the log gets the traceback of a bug."""
        if self.report and self.report.load_number not in (None, _served()):
            self.forget()  # somebody has loaded or gone back since
        job = self.job
        if job is None or not job.result.done():
            return
        self.job = None
        try:
            self.report = job.result.result()
        except Problem as problem:
            self.problem = (problem, job.uploads)
        except guarding.FAILURES as error:
            LOG.exception("load")
            self.problem = (guarding.failure("load", error), job.uploads)

    def forget(self) -> None:
        """Leave the last outcome behind."""
        self.report = self.problem = None


def _served() -> int | None:
    number = default_store().current().stem
    return int(number) if number.isdigit() else None


def desk() -> Desk:
    """Return the desk of the store being served."""
    return _desk(str(Path(default_store().root).resolve()))


@st.cache_resource(show_spinner=False)
def _desk(root: str) -> Desk:
    return Desk()
