"""Opens the window in which runs are compared, and keeps it at what the store says of them."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from nnlab.experiments.journal.stored_curves import CurvesRead, StoredCurves, read_curves
from nnlab.experiments.places import runs_folder
from nnlab.ui.appearance import Appearance
from nnlab.ui.compare.closing_question import Answer, answer_of
from nnlab.ui.compare.compared_run import ComparedRun, colors_of
from nnlab.ui.compare.training import ComparisonTraining
from nnlab.ui.files import Files
from nnlab.ui.jobs import Job
from nnlab.ui.session import Session
from nnlab.words import counted

if TYPE_CHECKING:
    from nnlab.ui.compare.window import CompareWindow

_REREAD_MILLISECONDS = 1000
# Of more the table could not be read.
MOST_RUNS = 64


class Comparing(QObject):
    """One window for all comparisons, made when it is wanted first. Runs that are trained meanwhile are read again."""

    message = Signal(str)  # why there is nothing to compare

    def __init__(self, parent: QWidget, session: Session, files: Files, appearance: Appearance) -> None:
        super().__init__(parent)
        self.window: CompareWindow | None = None
        self.training = ComparisonTraining(session)
        self._parent, self._session, self._files, self._appearance = parent, session, files, appearance
        self._chosen: tuple[int, ...] = ()  # by a person; where none are, those of the comparison that is trained
        self._read: dict[int, StoredCurves] = {}
        self._job: Job | None = None
        self._was_read = False  # whether the last job could read
        self._is_wanted = False  # until a person closes the window
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_REREAD_MILLISECONDS)
        self._again.timeout.connect(self._look)
        self.training.began.connect(self._on_training_began)
        self.training.added.connect(self._look)
        self.training.ended.connect(self._on_training_ended)
        self.training.refused.connect(self.message)
        appearance.changed.connect(self._on_theme)

    def open(self, selected: Sequence[int] = ()) -> None:
        """The runs that are ticked, or else selected; without two of them those of the last comparison that was trained."""
        choices = (self._session.ticked.numbers, tuple(selected))
        numbers = next((some for some in choices if len(some) > 1), ())
        if numbers or self.training.numbers:
            self.show(numbers)
        else:
            self.message.emit("It takes two runs to compare: tick or select them in the list of runs first.")

    def show(self, numbers: Sequence[int]) -> None:
        """These runs of the store, in this order; the others are compared with the first."""
        self._chosen = tuple(dict.fromkeys(numbers))[:MOST_RUNS]
        if len(numbers) > MOST_RUNS:
            self.message.emit(f"Of {len(numbers):,} runs the first {MOST_RUNS} are compared.")
        self._is_wanted = True
        self._look()

    def shut_down(self) -> None:
        """End all threads of the window; returns when they have ended."""
        self._again.stop()
        if self.window is not None:
            self.window.shut_down()

    @property
    def _numbers(self) -> tuple[int, ...]:
        return self._chosen or self.training.numbers

    def _made(self) -> "CompareWindow":
        # Loaded when it is wanted: a start needs none of it.
        from nnlab.ui.compare.window import CompareWindow

        if self.window is None:
            session = self._session
            self.window = CompareWindow(self._parent, session, self._files, runs_folder(), session.journal)
            self.window.apply_theme(self._appearance.theme)
            self.window.closed.connect(self._leave)
            self.window.may_close = self._may_close
            self.window.training.cancelled.connect(self.training.cancel)
            self.training.progressed.connect(self.window.training.show_progress)
        return self.window

    def _look(self) -> None:
        """Read what the store says of them now; if it is being read already, that is done again afterwards."""
        if self._job is not None or not self._numbers or not self._is_wanted:
            return
        job = self._job = Job("Reading runs")
        job.done.connect(self._take)
        job.failed.connect(self.message)
        job.ended.connect(self._end_look)
        read = partial(read_curves, runs_folder(), self._numbers, dict(self._read))
        self._session.jobs.start(job, lambda report: read(report=report))

    def _take(self, reading: CurvesRead) -> None:
        self._was_read = True
        for number, problem in reading.problems.items():
            self.message.emit(problem)
            self._chosen = tuple(one for one in self._numbers if one != number)
        numbers = [number for number in self._numbers if number in reading.found]
        self._read = dict(reading.found)
        if not numbers or not self._is_wanted:
            return
        window = self._made()
        runs = tuple(ComparedRun(self._read[number]) for number in numbers)
        if [run.standing for run in runs] != [run.standing for run in window.runs]:
            colors = colors_of(numbers, self._session.ticked)
            window.show_runs(runs, [colors[number] for number in numbers])
        if not window.isVisible():
            window.show()
            window.activateWindow()

    def _end_look(self) -> None:
        was_read, self._was_read, self._job = self._was_read, False, None
        if any(number not in self._read for number in self._numbers):
            # Others are wanted by now; not where nothing could be read, or it would be tried for ever.
            if self._is_wanted and self._read and was_read:
                self._look()
        elif self._is_wanted and (self.training.is_busy or any(read.is_held for read in self._read.values())):
            self._again.start()

    def _may_close(self) -> bool:
        """Whether the window may be closed; what is trained for it goes on or stops, as a person answers."""
        if not self.training.is_busy:
            return True
        title = self.training.title
        match answer_of(self.window, title):
            case Answer.STAY:
                return False
            case Answer.STOP:
                count = len(self.training.numbers)
                self.training.cancel()
                kept = f"{counted(count, 'run')} of it {'is' if count == 1 else 'are'} kept"
                self.message.emit(f"{title} was stopped. {kept}; the last one can be gone on with from the list of runs.")
        return True

    def _leave(self) -> None:
        """Nobody looks any more; what is trained goes on."""
        self._is_wanted = False
        self._read.clear()
        self._again.stop()

    def _on_training_began(self, title: str) -> None:
        self._chosen, self._is_wanted = (), True
        self._made().training.begin(title)

    def _on_training_ended(self) -> None:
        if self.window is not None:
            self.window.training.end()
        self._look()

    def _on_theme(self) -> None:
        if self.window is not None:
            self.window.apply_theme(self._appearance.theme)
