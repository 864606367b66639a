"""Which runs lie under the present one in Curves: those that are ticked, out of the store, and the run before it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QColor

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.differing import telling_words
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.journal.stored_curves import CurvesRead, StoredCurves, read_curves
from nnlab.experiments.places import runs_folder
from nnlab.ui.jobs import Job
from nnlab.ui.messages import Progress
from nnlab.ui.session import Session
from nnlab.ui.theme import Theme
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.curves.overlaid_run import OverlaidRun, figures_of
from nnlab.ui.window_run import WindowRun
from nnlab.words import printable

# Between two looks at a ticked run that trains elsewhere.
_LOOK_MILLISECONDS = 2000
# By what runs are told apart whose data are not the present run's.
_SOURCE, _SEED = "dataset.source", "training.seed"


class Overlaying(QObject):
    """Reads the curves of ticked runs beside the window and the training, keeps them while they are ticked, and shows them.

    A run of this window has its curves already. The present run is drawn as such, ticked or not.
    """

    def __init__(self, session: Session, curves: CurvesView) -> None:
        super().__init__(curves)
        self._session, self._curves = session, curves
        self._read: dict[int, StoredCurves] = {}
        self._job: Job | None = None
        self._was_read = self._is_new = False  # whether the last job could read, and what was not known
        self._color = QColor()  # of the run before
        # Twenty runs that are ticked one after the other are read and drawn together.
        self._soon = self._timer(0, self._follow)
        self._look = self._timer(_LOOK_MILLISECONDS, self._read_anew)
        session.ticked.changed.connect(self._soon.start)
        session.prepared.connect(self._on_prepared)
        session.numbered.connect(self._follow)
        session.progressed.connect(self._on_progressed)

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def apply_theme(self, theme: Theme) -> None:
        """The run before is in a colour of the theme."""
        self._color = QColor(theme.muted)
        self._show()

    @Slot()
    def _follow(self) -> None:
        """What is ticked, or what the window's own runs are called, is other than before."""
        self._read = {number: read for number, read in self._read.items() if number in self._wanted}
        if self._lacks:
            self._read_anew()
        self._show()

    @property
    def _own(self) -> dict[int, WindowRun]:
        """The runs of this window by their numbers in the store, the present one last."""
        runs = self._session.runs
        return {run.progress.number: run for run in (*runs.shelf.runs, runs.present) if run.progress.number}

    @property
    def _wanted(self) -> list[int]:
        """Those that are ticked, but for the present one."""
        present = self._session.progress.number
        return [number for number in self._session.ticked.numbers if number != present]

    @property
    def _lacks(self) -> bool:
        """Whether any of those is still to be read."""
        return any(number not in self._read for number in self._wanted)

    @Slot()
    def _read_anew(self) -> None:
        if self._job is not None or not self._wanted:
            return
        self._job = Job("curves of ticked runs")
        self._job.done.connect(self._take)
        self._job.failed.connect(self._session.message)
        self._job.ended.connect(self._on_ended)
        read = partial(read_curves, runs_folder(), tuple(self._wanted), dict(self._read))
        self._session.jobs.start(self._job, lambda report: read(report=report))

    @Slot(object)
    def _take(self, reading: CurvesRead) -> None:
        known = {number: read.history for number, read in self._read.items()}
        self._was_read = True
        self._is_new = any(known.get(number) is not read.history for number, read in reading.found.items())
        self._read.update(reading.found)
        for number, problem in reading.problems.items():
            self._session.message.emit(problem)
            self._session.ticked.tick(number, False)

    @Slot()
    def _on_ended(self) -> None:
        # What was ticked meanwhile is still to be read; not where nothing could be, or it would be tried for ever.
        is_to_follow = self._is_new or (self._was_read and self._lacks)
        self._was_read, self._is_new, self._job = False, False, None
        if is_to_follow:
            self._follow()
        if any(read.is_held for number, read in self._read.items() if number not in self._own):
            self._look.start()

    @Slot()
    def _on_prepared(self) -> None:
        """Runs may have been put aside or let go: the store may know more of them now than when they were read."""
        self._read_anew()
        self._show()

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        self._curves.set_running(progress.is_running)

    def _show(self) -> None:
        present = self._session.runs.present
        own, ticked = self._own, [number for number in self._wanted if number in self._read]
        settings = {number: self._read[number].record.settings for number in ticked}
        names = _names(settings, present.experiment)
        runs = []
        for number in ticked:
            read, here = self._read[number], own.get(number)
            history = here.history if here is not None else read.history
            name = printable(read.record.name)
            title = " · ".join(text for text in (name, names[number]) if text)
            color = self._session.ticked.color_of(number)
            model = read.experiment.model
            figures = figures_of(model, read.record.settings, history.score.title)
            round_ = self._session.ticked.round_of(number)
            runs.append(OverlaidRun(number, names[number] or name, title, color, history, figures, model.phases, round_))
        self._curves.show_runs(runs, self._last(ticked))

    def _last(self, ticked: list[int]) -> OverlaidRun | None:
        """The run that was put aside last, unless it is ticked, or was of data of another kind."""
        runs, present = self._session.runs.shelf.runs, self._session.running
        last = runs[-1] if runs else None
        if last is None or last.experiment is None or last.progress.number in ticked:
            return None
        if present is not None and present.dataset.source.name != last.experiment.dataset.source.name:
            return None
        model = last.experiment.model
        figures = figures_of(model, flat_settings(last.experiment), last.history.score.title)
        return OverlaidRun(0, "", "", self._color, last.history, figures, model.phases)


def _names(settings: Mapping[int, Mapping[str, Any]], present: Experiment | None) -> dict[int, str]:
    """In what each differs from the others of its data, and from the present run; of other data first of all in these."""
    here = flat_settings(present) if present is not None else {}
    found = {}
    for source in dict.fromkeys(table.get(_SOURCE) for table in settings.values()):
        tables = {number: table for number, table in settings.items() if table.get(_SOURCE) == source}
        is_other = bool(here) and source != here.get(_SOURCE)
        words = telling_words([*tables.values(), *([here] if here and not is_other else [])])
        for (number, table), telling in zip(tables.items(), words, strict=False):
            found[number] = f"{source}, {telling or f'seed {table.get(_SEED)}'}" if is_other else telling
    return found
