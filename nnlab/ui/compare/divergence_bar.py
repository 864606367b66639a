"""The pair that differences are of, and the first step at which the two part: a job with progress and cancel."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nnlab.experiments.journal.divergence import Divergence, first_divergence
from nnlab.experiments.journal.store import RunStore
from nnlab.report import Report
from nnlab.ui.compare.color_dot import color_icon
from nnlab.ui.compare.compared_run import ComparedRun
from nnlab.ui.jobs import Job, Jobs
from nnlab.ui.setup.form import Choice
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import literally
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.job_control import JobControl
from nnlab.words import without_middle

_LONGEST = 32  # letters of a run's name
_ASKS = "The first step after which their numbers are not the same to the last bit."


class DivergenceBar(QWidget):
    """The first run against one of the others."""

    other_changed = Signal(int)  # the place of the other run
    step_wanted = Signal(int)  # where they part

    def __init__(self, jobs: Jobs, folder: Path, data_folders: list[Path]) -> None:
        super().__init__()
        self._jobs, self._folder, self._data_folders = jobs, folder, data_folders
        self._runs: Sequence[ComparedRun] = ()
        self._found: dict[tuple[int, int], Divergence] = {}
        self.other = Choice()
        self.other.setMinimumContentsLength(26)
        self.other.setAccessibleName("The run that is compared with the first")
        self.other.currentIndexChanged.connect(lambda _: self._follow())
        self.control = JobControl("Where they part", self._begin)
        self.control.button.setToolTip(_ASKS)
        self.control.reported.connect(self._say)
        self.control.done.connect(self._take)
        self.control.failed.connect(self._say)
        self.control.cancelled.connect(self._follow)
        self.words = Elided("muted")
        self.go = QPushButton("Go there")
        self.go.setToolTip("All runs to the first step at which these two differ")
        self.go.clicked.connect(self._go)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(captioned("The first run against", self.other))
        row.addWidget(self.control)
        row.addWidget(self.go)
        row.addStretch(1)
        outline = QVBoxLayout(self)
        outline.setContentsMargins(0, 0, 0, 0)
        outline.setSpacing(4)
        outline.addLayout(row)
        outline.addWidget(self.words)

    @property
    def place(self) -> int:
        """Of the other run."""
        return max(self.other.currentIndex() + 1, 1)

    def begin(self, runs: Sequence[ComparedRun], colors: Sequence[QColor]) -> None:
        """Other runs: of them nothing is known yet."""
        self.control.drop()
        self._found.clear()
        self.follow(runs, colors)
        self._follow()

    def follow(self, runs: Sequence[ComparedRun], colors: Sequence[QColor]) -> None:
        """The same, which may have gone on, and others behind them; what was found of a pair still holds."""
        self._runs = runs
        with QSignalBlocker(self.other):
            chosen = max(self.other.currentIndex(), 0)
            self.other.clear()
            for run, color in list(zip(runs, colors, strict=True))[1:]:
                self.other.addItem(color_icon(color), without_middle(run.title, _LONGEST))
                self.other.setItemData(self.other.count() - 1, literally(run.title), Qt.ItemDataRole.ToolTipRole)
            self.other.setCurrentIndex(min(chosen, self.other.count() - 1))
        self.setVisible(len(runs) > 1)

    def _begin(self) -> Job:
        first, second = self._pair
        job = Job(f"Where run {first:,} and run {second:,} part")
        folder, data_folders = self._folder, self._data_folders

        def find(report: Report) -> Divergence:
            """In a store of this job's own thread."""
            store = RunStore(folder)
            try:
                return first_divergence(store, first, second, data_folders, report)
            finally:
                store.close()

        self._jobs.start(job, find)
        return job

    @property
    def _pair(self) -> tuple[int, int]:
        return self._runs[0].number, self._runs[self.place].number

    def _take(self, found: Divergence) -> None:
        self._found[found.first, found.second] = found
        self._follow(is_other=False)

    def _follow(self, is_other: bool = True) -> None:
        found = self._found.get(self._pair) if len(self._runs) > 1 else None
        self._say(found.words if found is not None else _ASKS)
        self.go.setVisible(found is not None and found.step is not None)
        if is_other and len(self._runs) > 1:
            self.control.drop()
            self.other_changed.emit(self.place)

    def _say(self, text: str) -> None:
        self.words.setText(text)

    def _go(self) -> None:
        found = self._found.get(self._pair)
        if found is not None and found.step is not None:
            self.step_wanted.emit(found.step)
