"""Opens the benchmark's window, and measures in a process of its own."""

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnlab.report import Report
from nnlab.ui.appearance import Appearance
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session

# Loaded when it is wanted: a start needs none of it.
if TYPE_CHECKING:
    from nnlab.experiments.benchmark.kept import KeptBenchmark
    from nnlab.experiments.benchmark.outcome import Outcome
    from nnlab.ui.benchmark.window import BenchmarkWindow

_REPEATS = 3


class Benchmarking(QObject):
    """One window, made when it is wanted first."""

    _measured = Signal(object)  # Outcome, from the job's thread

    def __init__(self, parent: QWidget, session: Session, files: Files, appearance: Appearance) -> None:
        super().__init__(parent)
        self.window: BenchmarkWindow | None = None
        self.only, self.repeats = "", _REPEATS  # all workloads, and rounds of each
        self._parent, self._session, self._files, self._appearance = parent, session, files, appearance
        self._outcomes: tuple[Outcome, ...] = ()
        self._measured.connect(self._on_measured)
        appearance.changed.connect(self._on_theme)

    def open(self) -> None:
        """Show it, or bring it to the front."""
        from nnlab.ui.benchmark.window import BenchmarkWindow

        if self.window is None:
            self.window = BenchmarkWindow(self._parent, self._files, self._start, os.cpu_count() or 1)
            self.window.apply_theme(self._appearance.theme)
            self.window.control.done.connect(self._on_done)
            self.window.export.clicked.connect(lambda: self._export())
        if not self.window.control.is_busy:
            self._look(None)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    def _start(self, threads: int, is_whole: bool) -> Job:
        job, self._outcomes = Job("Benchmark"), ()
        folders = tuple(self._session.loading.folders)
        told = self._measured.emit

        def measure(report: Report) -> int:
            from nnlab.experiments.benchmark.beside import measured_beside

            return measured_beside(self.only, threads, self.repeats, not is_whole, folders, told, report)

        self._session.jobs.start(job, measure)
        return job

    def _on_measured(self, outcome: "Outcome") -> None:
        self._outcomes = (*self._outcomes, outcome)
        if self.window is not None:
            self.window.show_measured(self._outcomes, {})

    def _on_done(self, number: int) -> None:
        self._look(number)
        self._say("Kept in the store of runs; `nnlab bench --list` shows it, too.")

    def _look(self, number: int | None) -> None:
        """The store may be large, and is looked through when it is opened: beside the window."""
        job = Job("Benchmarks")
        job.done.connect(lambda found: self._show_kept(found, number))
        job.failed.connect(self._say)
        self._session.jobs.start(job, _all_kept)

    def _show_kept(self, found: "list[KeptBenchmark]", number: int | None) -> None:
        if self.window is not None and not self.window.control.is_busy:
            self.window.show_kept(found, number)

    def _say(self, sentence: str) -> None:
        if self.window is not None:
            self.window.say(sentence)

    def _export(self) -> None:
        if self.window is not None:
            self._files.export_dialog(self.window.view)

    def _on_theme(self, *_: object) -> None:
        if self.window is not None:
            self.window.apply_theme(self._appearance.theme)


def _all_kept(report: Report) -> "list[KeptBenchmark]":
    from nnlab.experiments.benchmark.beside import all_kept

    return all_kept()
