"""Opens the window in which runs are compared, keeps it at what the store says, and trains what a comparison file names."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from nnlab.errors import MissingDatasetError
from nnlab.experiments.places import runs_folder
from nnlab.experiments.variations import Variations, load_variations
from nnlab.experiments.variations_training import train_in_turn
from nnlab.report import Report
from nnlab.ui.appearance import Appearance
from nnlab.ui.compare.compared_run import ComparedRun, colors_of, read_runs
from nnlab.ui.compare.window import CompareWindow
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session

_REREAD_MILLISECONDS = 1000
# So often nothing new is read before nobody looks again.
_MOST_IDLE = 4
# Of more a table could not be read; and more than a comparison file may hold there need not be.
MOST_RUNS = 64


class Comparing(QObject):
    """One window for all comparisons, made when it is wanted first."""

    message = Signal(str)  # why there is nothing to compare
    missing = Signal(object, object)  # Path, MissingDatasetError: the data of a comparison file is not there
    _begun = Signal(int)  # the number of a run, told on the thread that trains it

    def __init__(self, parent: QWidget, session: Session, files: Files, appearance: Appearance) -> None:
        super().__init__(parent)
        self.window: CompareWindow | None = None
        self._parent, self._session, self._files, self._appearance = parent, session, files, appearance
        self._numbers: list[int] = []
        self._reading: Job | None = None
        self._training: Job | None = None
        self._idle = 0
        self._is_wanted = False  # until a person closes the window
        self._again = QTimer(self)
        self._again.setInterval(_REREAD_MILLISECONDS)
        self._again.timeout.connect(self._reread)
        self._begun.connect(self._add)
        appearance.changed.connect(lambda theme: self.window.apply_theme(theme) if self.window is not None else None)

    def open(self) -> None:
        """The runs that are ticked; while a comparison is trained, that."""
        numbers = self._session.ticked.numbers
        if self._training is not None and len(numbers) < 2:
            numbers = tuple(self._numbers)
        if len(numbers) < 2:
            self.message.emit("It takes two runs to compare: tick them in the list of runs first.")
        else:
            self.show(numbers)

    def show(self, numbers: Sequence[int]) -> None:
        """These runs of the store, in this order; the others are compared with the first."""
        wanted = list(dict.fromkeys(numbers))
        if len(wanted) > MOST_RUNS:
            self.message.emit(f"Of {len(wanted):,} runs the first {MOST_RUNS} are compared.")
        self._numbers = wanted[:MOST_RUNS]
        self._idle, self._is_wanted = 0, True
        self._read()

    def train(self, variations: Variations, path: Path) -> None:
        """Run what the file names, one after the other, and show them as they come."""
        journal = self._session.journal
        if journal is None:
            self.message.emit(f"{variations.name}: runs are not kept in this window, so that there is nothing to compare.")
            return
        if self._training is not None:
            self.message.emit(f"{self._training.title} is still being trained; wait for it, or cancel it, first.")
            self.show(self._numbers)
            return
        self._numbers, self._is_wanted = [], True
        folders = [*self._session.loading.folders, *variations.near]
        job = self._training = Job(variations.name)

        def work(report: Report) -> None:
            train_in_turn(variations, folders, journal, self._begun.emit, report)

        line = self._made().training
        job.progressed.connect(line.show_progress)
        job.failed.connect(lambda sentence: self._fail(job, path, sentence))
        job.ended.connect(self._end_training)
        line.begin(job.title)
        self._session.jobs.start(job, work)

    def train_file(self, path: Path) -> None:
        """Read a comparison file, and train what it names."""
        job = Job(f"Opening {path.name}")
        job.done.connect(lambda found: self.train(found, path))
        job.failed.connect(self.message)
        self._session.jobs.start(job, lambda report: load_variations(path))

    def shut_down(self) -> None:
        """End all threads of the window; returns when they have ended."""
        self._again.stop()
        if self.window is not None:
            self.window.shut_down()

    def _made(self) -> CompareWindow:
        if self.window is None:
            session = self._session
            self.window = CompareWindow(self._parent, session, self._files, runs_folder(), session.journal)
            self.window.apply_theme(self._appearance.theme)
            self.window.training.cancelled.connect(self._cancel_training)
            self.window.closed.connect(self._leave)
        return self.window

    def _add(self, number: int) -> None:
        """A run of the comparison has begun."""
        self._numbers.append(number)
        self._idle = 0
        self._read()

    def _read(self) -> None:
        """What the store says of them now; if it is asked already, once it has answered."""
        if self._reading is not None or not self._numbers or not self._is_wanted:
            return
        numbers = tuple(self._numbers)
        job = self._reading = Job("Reading runs")
        job.done.connect(lambda runs: self._show(numbers, runs))
        job.failed.connect(self._fail_reading)
        job.ended.connect(self._end_reading)
        folder = runs_folder()
        self._session.jobs.start(job, lambda report: read_runs(folder, numbers))

    def _show(self, numbers: tuple[int, ...], runs: tuple[ComparedRun, ...]) -> None:
        if numbers != tuple(self._numbers) or not self._is_wanted:
            return
        window = self._made()
        before = [(run.number, run.record.step, run.record.ending) for run in window.runs]
        has_changed = before != [(run.number, run.record.step, run.record.ending) for run in runs]
        self._idle = 0 if has_changed or self._training is not None else self._idle + 1
        if has_changed:
            colors = colors_of(numbers, self._session.ticked)
            window.show_runs(runs, [colors[run.number] for run in runs])
        if not window.isVisible():
            window.show()
            window.activateWindow()
        self._again.start()

    def _fail_reading(self, sentence: str) -> None:
        """One may have been deleted; it is not asked for again and again."""
        self._again.stop()
        self.message.emit(sentence)

    def _end_reading(self) -> None:
        self._reading = None
        if self.window is not None and len(self.window.runs) != len(self._numbers) and self.window.isVisible():
            self._read()

    def _reread(self) -> None:
        """Runs may be trained on meanwhile, by this window or another."""
        if self.window is None or not self.window.isVisible() or self._idle > _MOST_IDLE:
            self._again.stop()
        else:
            self._read()

    def _leave(self) -> None:
        """Nobody looks any more; what is trained goes on."""
        self._is_wanted = False
        self._again.stop()

    def _cancel_training(self) -> None:
        if self._training is not None:
            self._training.cancel()

    def _fail(self, job: Job, path: Path, sentence: str) -> None:
        if isinstance(job.error, MissingDatasetError):
            self.missing.emit(path, job.error)
        else:
            self.message.emit(sentence)

    def _end_training(self) -> None:
        self._training = None
        if self.window is not None:
            self.window.training.end()
        self._idle = 0
        self._read()
