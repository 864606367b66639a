"""How the window comes to be as a person wishes: the wish, what there is, and the moves from one to the other.

All that is wished and all that there is make one frozen Situation. What it takes next is a function of it (next_move.py):
nothing, data, a live change between two steps, or a fresh run - at once while nothing has been learned, else at a reset. The
rest of the window hears of each situation that differs from the last.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.datasets.drawn import DrawnSource
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import Continuation
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.probes import Moment
from nnlab.ui.activity import Activity
from nnlab.ui.choices_left import ChoicesLeft
from nnlab.ui.document import Document
from nnlab.ui.edit_history import EditHistory
from nnlab.ui.edit_words import Place
from nnlab.ui.fit import fitted
from nnlab.ui.going_on import gone_on
from nnlab.ui.jobs import Jobs
from nnlab.ui.loading import Loading
from nnlab.ui.messages import LiveChange, Prepared, Progress
from nnlab.ui.next_move import (
    ChangeLive,
    Load,
    Move,
    Pause,
    Play,
    Prepare,
    Read,
    Refuse,
    StopLoading,
    StopReading,
    next_move,
)
from nnlab.ui.obstacles import Obstacles
from nnlab.ui.opened import Opened
from nnlab.ui.opening import Opening
from nnlab.ui.runs import Runs
from nnlab.ui.saving import Saving
from nnlab.ui.situation import Situation, Wish
from nnlab.ui.ticked import Ticked
from nnlab.ui.timeline.travel import Travel
from nnlab.ui.window_run import WindowRun
from nnlab.ui.worker_link import WorkerLink


class Resolver(QObject):
    """Has the wish, and does the next move whenever anything has changed. Signals say what has happened."""

    experiment_changed = Signal(object)  # Experiment
    dataset_changed = Signal(object)  # Dataset that the edited experiment uses
    situation_changed = Signal(object)  # Situation
    was_read = Signal(object)  # Opened, to be opened after the questions
    prepared = Signal(object)  # Prepared
    frame = Signal(object)  # FrameAnswer
    progressed = Signal(object)  # Progress
    message = Signal(str)  # a sentence to show
    put_aside = Signal()  # a run that has learned made way for a fresh one
    saved_changed = Signal()
    numbered = Signal(int)  # what the run is called in the store, from now on

    def __init__(
        self, experiment: Experiment, folders: list[Path], threads: int, journal: JournalWriter | None = None
    ) -> None:
        super().__init__()
        self.dataset: Dataset | None = None
        self._obstacles = Obstacles()
        self._offered_at: Moment | None = None  # the end at which a person was asked whether to go on
        self.edit_history, self.choices_left = EditHistory(), ChoicesLeft(experiment)
        self._wish = Wish(experiment)
        self._document = Document(experiment)
        self._loaded: DatasetSettings | None = None  # of what `dataset` is
        # The last experiment whose data could be loaded, with its file: what a failed load goes back to.
        self._last_good: tuple[Experiment, Document] | None = None

        self.jobs = Jobs()
        self.loading, self.opening = Loading(folders, self.jobs), Opening(folders, self.jobs)
        self._link = WorkerLink(threads, journal)
        self.runs = Runs(self._link, self.edit_history)
        self.frames = self.runs.frames
        self.travel = Travel(self.runs, journal, folders)
        self.saving, self.ticked = Saving(), Ticked()
        self._situation_before = self.situation
        self._connect()

    def _connect(self) -> None:
        runs, worker, saving = self.runs, self._link.worker, self.saving
        self.experiment_changed.connect(self.choices_left.note)
        self.loading.loaded.connect(self._on_dataset_loaded)
        self.loading.failed.connect(self._on_dataset_failed)
        self.opening.read.connect(self._on_read)
        self.opening.failed.connect(self._on_not_read)
        runs.prepared.connect(self._on_prepared)
        runs.failed.connect(self._on_failed)
        for name in ("frame", "progressed", "message", "saved_changed", "numbered"):
            getattr(runs, name).connect(getattr(self, name))
        for changed in (runs.progressed, self.edit_history.changed, self.travel.changed):
            changed.connect(self._tell)
        worker.copy_ready.connect(self.jobs.take_copy)
        self.edit_history.parameter_wanted.connect(self._link.change_parameter)
        saving.wanted.connect(self._link.save)
        worker.save_answered.connect(saving.take_answer)
        saving.saved.connect(runs.take_saved)
        saving.failed.connect(self.message)

    @property
    def experiment(self) -> Experiment:
        """The experiment being edited."""
        return self._wish.experiment

    @property
    def running(self) -> Experiment | None:
        """The experiment of the run that there is."""
        return self.runs.present.experiment

    @property
    def progress(self) -> Progress:
        """Where it is."""
        return self.runs.present.progress

    @property
    def has_learned(self) -> bool:
        """Whether the run has steps behind it, or parameters given by hand."""
        return self.runs.has_learned

    @property
    def situation(self) -> Situation:
        """What is wished and what there is, as far as it decides what happens next, what can be done and what is told."""
        return Situation(
            self._wish,
            self._loaded.arrays if self._loaded else None,
            self.loading.arrays,
            self.opening.source,
            self.running,
            self.progress.activity,
            self.has_learned,
            self._obstacles.problem,
            *self.edit_history.words(self._place),
            self.runs.shelf.last,
            self.runs.pace,
            self.travel.is_past,
            self.travel.can_go_back,
            self._obstacles.mending,
            self._obstacles.missing,
            self.runs.present.recipe_epochs,
            self.progress.activity is Activity.FINISHED and self._offered_at == self.progress.moment,
            self.progress.moment.kept_epoch,
            self.runs.advice_at(self.experiment.training.learning_rate),
            self.progress.first_move,
        )

    def edit(self, experiment: Experiment, what: str = "") -> None:
        """Make this the experiment. Edits of the same thing in quick succession are undone together."""
        if experiment != self.experiment:
            self.edit_history.record(self._place, what)
        elif not self._wish.waits:
            return
        self._adopt(experiment)

    def _adopt(self, experiment: Experiment) -> None:
        self._change_wish(experiment=experiment, waits=False, fit=self._wish.fit.kept(experiment.model))
        self.experiment_changed.emit(experiment)
        self._resolve()

    def _change_wish(self, **changes: Any) -> None:
        self._wish = replace(self._wish, **changes)

    @Slot()
    def _tell(self) -> None:
        """Whoever follows the situation hears of it where it is not as it was told last."""
        if (now := self.situation) != self._situation_before:
            self._situation_before = now
            self.situation_changed.emit(now)

    def _resolve(self) -> None:
        """Do what the wish and what there is differ by, until nothing is left to do or something must come first."""
        if self.situation.has_data:
            self._obstacles.look(self.experiment, self.dataset)
        while (move := next_move(self.situation)) is not None:
            self._do(move)
        if self.situation.has_data:
            self._last_good = (self.experiment, self._document)
        self._tell()

    def _do(self, move: Move) -> None:
        match move:
            case Read(source):
                self.opening.begin(source, self.dataset)
            case StopReading():
                self.opening.give_up()
            case Load():
                self.loading.load(self.experiment.dataset, self._document.near)
            case StopLoading():
                self.loading.give_up()
            case Prepare(is_announced, plays):
                self._change_wish(plays=plays)
                self._prepare_run()
                if is_announced:
                    self.put_aside.emit()
            case ChangeLive(experiment):
                self.runs.present.experiment = experiment
                self._link.change_live.emit(LiveChange(self.runs.generation, experiment.training, experiment.model))
            case Play():
                self._change_wish(plays=False)
                self._play()
            case Pause():
                # Its word for it follows; until then it is not to be told again.
                self.runs.present.progress = replace(self.progress, activity=Activity.PAUSED)
                self._link.pause.emit()
            case Refuse():
                self._change_wish(plays=False)

    def _play(self) -> None:
        """Train; after the end as many epochs again."""
        if self.progress.activity is Activity.FINISHED:
            self._lift_end(self.runs.present.recipe_epochs)
        if not self._obstacles.problem:
            self._link.play.emit()

    def _lift_end(self, epochs: int) -> None:
        """The run may go on for so many epochs."""
        training = gone_on(self.experiment.training, self.progress, epochs)
        self.edit(replace(self.experiment, training=training))

    def _prepare_run(self) -> None:
        assert self.dataset is not None
        epochs, fit = self.experiment.training.epochs, self._wish.fit
        run = WindowRun(self.experiment, self.dataset, recipe_epochs=epochs, fit=fit, folders=self.folders)
        opened = self._wish.opened
        continuation = opened.continuation if opened else None
        # Live settings that were changed since act from its next step on; any other makes it another model.
        if opened is None or continuation is None or continuation.experiment.needs_reset(self.experiment):
            self._change_runs(run)
            return
        run.go_on_from(continuation, opened.path)
        self._change_runs(run, continuation)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the experiment's data and an encoder are looked for: where all are, and beside its file."""
        return (*self.loading.folders, *([self._document.near] if self._document.near else []))

    def _change_runs(self, run: WindowRun, continuation: Continuation | None = None) -> None:
        """This becomes the run; the one before it is put aside with the document that it was of."""
        self.runs.present.document = self._last_good[1] if self._last_good else self._document
        self._change_wish(opened=None, begins_anew=False)
        self.runs.change(run, continuation)

    def _go(self, place: Place) -> None:
        """To an experiment that was left by an edit or a reset, and to its run, if that was put aside since."""
        run = self.runs.shelf.take(place.run) if place.run != self.runs.present.name else None
        if run is not None:
            run.document = self._document
            # Who draws while it trains sees it train on.
            plays = self.progress.is_running and isinstance(place.experiment.dataset.source, DrawnSource)
            self._change_wish(plays=plays)
            self._return_to(run)
        self._change_wish(fit=place.fit)
        self._adopt(place.experiment)

    def _take_data(self, experiment: Experiment, dataset: Dataset | None) -> bool:
        """Go over to an experiment whose data is there; whether it is other data."""
        self.loading.give_up()
        is_other = dataset is not self.dataset
        self._change_wish(experiment=experiment, rereads=False, waits=False)
        self.dataset, self._loaded = dataset, experiment.dataset
        return is_other

    def _return_to(self, run: WindowRun) -> None:
        """A run that was put aside is the run again, with its experiment and its data."""
        assert run.experiment is not None
        is_other_data = self._take_data(run.experiment, run.dataset)
        self._change_wish(fit=run.fit)
        self._change_runs(run)
        self._document = run.document or Document(run.experiment)
        self._last_good = (self.experiment, self._document)
        self.experiment_changed.emit(self.experiment)
        if is_other_data:
            self.dataset_changed.emit(self.dataset)
        self.saved_changed.emit()

    @property
    def _place(self) -> Place:
        return Place(self.experiment, self.runs.present.name, self._wish.fit, self.runs.present.begun)

    @Slot(object, object)
    def _on_dataset_loaded(self, settings: DatasetSettings, dataset: Dataset) -> None:
        if settings.arrays != self._wish.arrays:
            return
        self._loaded = settings
        self._change_wish(rereads=False)
        if dataset is not self.dataset:
            self.dataset = dataset
            experiment, fit = fitted(self.experiment, dataset, self._wish.fit)
            is_other = experiment != self.experiment
            self._change_wish(experiment=experiment, fit=fit)
            if is_other:
                self.experiment_changed.emit(experiment)
            self.dataset_changed.emit(dataset)
        self._resolve()

    @Slot(object, str)
    def _on_dataset_failed(self, settings: DatasetSettings, sentence: str) -> None:
        """Go back to the document whose data is there; where there is none, wait until a person wishes anew."""
        if settings.arrays != self._wish.arrays:
            return
        self._change_wish(opened=None, begins_anew=False, rereads=False, plays=False, waits=True)
        self._obstacles.missing = self.loading.error
        if self._last_good is not None and (self.situation.has_data or self._last_good[0].dataset.arrays != settings.arrays):
            experiment, self._document = self._last_good
            self.edit_history.forget_last(experiment)
            self._adopt(experiment)
            self.saved_changed.emit()
        self._tell()
        if sentence:
            self.message.emit(sentence)

    @Slot(object)
    def _on_read(self, opened: Opened) -> None:
        wanted = self._wish.wanted
        self._change_wish(wanted=None)
        self._tell()
        self.was_read.emit(replace(opened, plays=wanted is not None and wanted.plays))

    @Slot(str)
    def _on_not_read(self, sentence: str) -> None:
        self._change_wish(wanted=None)
        self._tell()
        if sentence:
            self.message.emit(sentence)

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        self.prepared.emit(prepared)
        self._resolve()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._change_wish(plays=False)
        self._tell()
        self.message.emit(sentence)
