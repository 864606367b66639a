"""The session: the window's side of everything that happens. Holds the experiment being edited and talks to the worker.

Every edit makes a new frozen Experiment. What the edit takes is found by comparing it with the one that runs: nothing, a
live change between two steps, or a fresh run - at once while nothing has been learned yet, else when the person resets.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.datasets.drawn import is_blank
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.experiments.model_file import SavedModel
from nnlab.training.history import History
from nnlab.ui.bench import Work
from nnlab.ui.edit_history import EditHistory
from nnlab.ui.fitting import problem_of, with_fitting_outputs
from nnlab.ui.frames import Frames
from nnlab.ui.jobs import Job, Jobs
from nnlab.ui.loading import Loading
from nnlab.ui.messages import (
    CopyRequest,
    LiveChange,
    ParameterChange,
    Prepared,
    PrepareRequest,
    Progress,
    SaveAnswer,
    Snapshot,
)
from nnlab.ui.opening import OpenedFile, Opening
from nnlab.ui.saving import Saving
from nnlab.ui.train_on import train_on
from nnlab.ui.worker_link import WorkerLink

_PROGRESS_SECONDS = 0.2


class Session(QObject):
    """Signals say what has happened; methods are what a person can do."""

    experiment_changed = Signal(object)  # Experiment
    dataset_changed = Signal(object)  # Dataset that the edited experiment uses
    problem_changed = Signal(str)  # why the experiment cannot run, or ""
    pending_changed = Signal(bool)  # whether edits wait for a reset
    prepared = Signal(object)  # Prepared
    snapshot = Signal(object)  # Snapshot
    progressed = Signal(object)  # Progress
    message = Signal(str)  # a sentence to show
    saved_changed = Signal()

    def __init__(self, experiment: Experiment, folders: list[Path], threads: int) -> None:
        super().__init__()
        self.experiment = experiment
        self.running: Experiment | None = None
        self.dataset: Dataset | None = None
        self.progress = Progress()
        self.history = History()
        self.path: Path | None = None
        self.model_path: Path | None = None  # the file that the run was opened from or saved to last
        self.problem = ""
        self._saved_experiment = experiment
        self._saved_moment: tuple[int, int] | None = (0, 0)  # the steps and the kept epoch of the run that its file has
        self._generation = 0
        self._dataset_settings: DatasetSettings | None = None
        self.edits = EditHistory()
        self._opening: SavedModel | None = None
        self._opened_model: Path | None = None
        # A file was opened, or a reset asked for: the run is fresh, whatever has been learned so far.
        self._begins_anew = False
        self._is_loading = True
        self._play_when_prepared = False
        self._recipe_epochs = experiment.training.epochs
        # The last experiment whose data could be loaded, with its file: what a failed load goes back to.
        self._settled: tuple[Experiment, Path | None, Experiment, Path | None] | None = None
        self._near: Path | None = None
        self.frames = Frames(lambda: self.progress.state == "running")
        self._progress_told = 0.0

        self.jobs = Jobs()
        self.loading = Loading(folders, self.jobs)
        self.loading.loaded.connect(self._on_dataset_loaded)
        self.loading.failed.connect(self._on_dataset_failed)
        self.opening = Opening(self.jobs)
        self.opening.failed.connect(self.message)
        self.saving = Saving()
        self.saving.saved.connect(self._on_model_saved)
        self.saving.failed.connect(self.message)
        self._link = WorkerLink(threads)
        self.saving.wanted.connect(self._link.save)
        worker = self._link.worker
        worker.prepared.connect(self._on_prepared)
        worker.snapshot_ready.connect(self._on_snapshot)
        worker.copy_ready.connect(self.jobs.take_copy)
        worker.parameter_changed.connect(self._on_parameter_changed)
        self.edits.parameter_wanted.connect(self._link.change_parameter)
        worker.progressed.connect(self._on_progressed)
        worker.failed.connect(self._on_failed)
        worker.save_answered.connect(self.saving.take_answer)
        self.frames.wanted.connect(self._link.take_snapshot)

    def start(self) -> None:
        """Start the worker's thread and ask for the first data."""
        self._link.start()
        self.frames.start()
        self._load_dataset()

    def shut_down(self) -> None:
        """End the worker and all jobs; returns when their threads have."""
        self.frames.stop()
        self._link.shut_down()
        self.jobs.shut_down()

    # What a person can do

    def edit(self, experiment: Experiment, what: str = "") -> None:
        """Make this the experiment. Edits of the same thing in quick succession are undone together."""
        if experiment == self.experiment:
            return
        self.edits.record(self.experiment, what)
        self._adopt(experiment)

    def undo(self) -> None:
        """Back to before the last edit, of a setting or of a parameter."""
        self._adopt(self.edits.undo(self.experiment))

    def redo(self) -> None:
        """Forward again."""
        self._adopt(self.edits.redo(self.experiment))

    @property
    def has_learned(self) -> bool:
        """Whether the run has steps behind it, or parameters given by hand, which a fresh one would throw away."""
        return self.progress.number > 0 or self.edits.has_changed_parameters

    @property
    def is_saved(self) -> bool:
        """Whether the experiment is as its file has it."""
        return self.experiment == self._saved_experiment

    @property
    def model_is_saved(self) -> bool:
        """Whether nothing has been learned or changed by hand since the run began, or its file was read or written."""
        return self._saved_moment == (self.progress.number, self.progress.kept_epoch)

    @property
    def is_pending(self) -> bool:
        """Whether edits wait for a reset."""
        return self.running is not None and self.running.needs_reset(self.experiment) and not self.is_blank

    @property
    def is_blank(self) -> bool:
        """Whether the data is a plane on which too little has been drawn to learn from."""
        return is_blank(self.experiment.dataset)

    def run_or_pause(self) -> None:
        """Run if standing, pause if running. A diverged run starts afresh, a finished one trains on."""
        if self.opening.is_busy:
            self.opening.runs = True
            return
        if self._is_loading or self.progress.state == "loading":
            self._play_when_prepared = True
            return
        if self.progress.state == "running":
            self._link.pause.emit()
            return
        if self.progress.state == "diverged":
            self.reset()
            self._play_when_prepared = self._is_loading
            return
        if self.progress.state == "finished":
            training = train_on(self.experiment.training, self.progress, self._recipe_epochs)
            self.edit(replace(self.experiment, training=training))
        if not self.problem:
            self._link.play.emit()

    def step_batch(self) -> None:
        """One update."""
        self._link.step_batch.emit()

    def step_epoch(self) -> None:
        """To the end of the epoch."""
        self._link.step_epoch.emit()

    def reset(self) -> None:
        """A fresh run of the experiment as it is now, from the same seed."""
        if not self.problem:
            # The data is looked at again: its file may have changed, or its encoder have been trained anew.
            self._begins_anew = True
            if not self._is_loading:
                self._load_dataset()

    def reset_with_new_seed(self) -> None:
        """A fresh run from the next seed."""
        training = self.experiment.training
        self.edit(replace(self.experiment, training=replace(training, seed=(training.seed + 1) % 2**31)))
        self.reset()

    def open(self, file: OpenedFile) -> None:
        """Make what a file holds the experiment, and go on with its model where it has one."""
        self._opening, self._begins_anew = file.saved, True
        self._opened_model = file.path if file.saved else None
        self.path, self._near = (None if file.saved else file.path), file.path.parent
        self._saved_experiment = file.experiment
        self._play_when_prepared = file.runs
        # Undoing across an open would put one experiment under another's file name.
        self.edits.clear()
        self._adopt(file.experiment)
        self.saved_changed.emit()

    def save(self, path: Path) -> bool:
        """Write the experiment; False, with a message, when that fails."""
        try:
            save_experiment(self.experiment, path)
        except NnlabError as error:
            self.message.emit(str(error))
            return False
        self.path = path
        self._saved_experiment = self.experiment
        self.saved_changed.emit()
        return True

    def save_model(self, path: Path, then: Callable[[bool], None] | None = None) -> None:
        """Have the worker write the model; saved_changed or a message follows, and then `then` hears whether it was."""
        self.saving.begin(path, then)

    def pause(self) -> None:
        """Stop between two steps."""
        self._play_when_prepared = False
        self._link.pause.emit()

    def start_job(self, title: str, work: Work) -> Job:
        """Begin work on a copy of the run as it is between two steps; the Job tells how it goes."""
        job = Job(title)
        self._link.take_copy.emit(CopyRequest(self._generation, job, work))
        return job

    def change_parameter(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        """Give one parameter another value while training stands; undoable until it goes on."""
        if self.progress.state != "running":
            self.edits.make(ParameterChange(self._generation, tensor, position, value))

    # How it happens

    def _adopt(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.experiment_changed.emit(experiment)
        if self._dataset_settings is None or experiment.dataset.source() != self._dataset_settings.source():
            self._load_dataset()
        else:
            self.loading.give_up()
            self._settle()

    def _load_dataset(self) -> None:
        self._is_loading = True
        self.loading.load(self.experiment.dataset, self._near)

    def _settle(self) -> None:
        """Find out what the difference between the edited and the running experiment takes, and do it."""
        self._is_loading = False
        running, wanted = self.running, self.experiment
        problem = problem_of(wanted, self.dataset)
        if problem != self.problem:
            self.problem = problem
            self.problem_changed.emit(problem)
        if not self.problem:
            if running is None or self._begins_anew or (running.needs_reset(wanted) and self._may_begin_anew(running)):
                self._prepare_run()
            elif running != wanted:
                # Live settings act at once even while others wait for a reset.
                live = replace(running, training=running.training.with_live(wanted.training))
                self.running = live if running.needs_reset(wanted) else wanted
                self._link.change_live.emit(LiveChange(self._generation, self.running.training))
        elif self.is_blank and self.progress.state == "running":
            self._link.pause.emit()
        if self._play_when_prepared and self.progress.state != "loading":
            self._play_when_prepared = False
            self.run_or_pause()
        self._settled = (wanted, self.path, self._saved_experiment, self._near)
        self.pending_changed.emit(self.is_pending)

    def _may_begin_anew(self, running: Experiment) -> bool:
        """Whether an edit that needs a fresh run gets it at once: nothing is lost, or points are being drawn."""
        dataset = self.experiment.dataset
        if dataset.name == "drawn" and dataset.source() != running.dataset.source():
            # Who draws while it trains sees it train on with the new points.
            self._play_when_prepared = self._play_when_prepared or self.progress.state == "running"
            return True
        return not self.has_learned

    def _prepare_run(self) -> None:
        assert self.dataset is not None
        self._generation += 1
        self.edits.forget_parameters()
        self.running = self.experiment
        self.history, self.progress = History(), Progress(state="loading")
        self._saved_moment, self.model_path = (0, 0), None
        self.frames.hold()
        # An edit since the file was opened makes it another model.
        saved = self._opening if self._opening and self._opening.experiment == self.experiment else None
        if saved is not None:
            self.model_path = self._opened_model
        self._link.prepare.emit(PrepareRequest(self._generation, self.experiment, self.dataset, saved))
        self._opening, self._begins_anew = None, False
        self._recipe_epochs = self.experiment.training.epochs
        self.progressed.emit(self.progress)
        self.pending_changed.emit(False)

    # What the worker says

    @Slot(object, object)
    def _on_dataset_loaded(self, settings: DatasetSettings, dataset: Dataset) -> None:
        if settings.source() != self.experiment.dataset.source():
            return
        self._dataset_settings = settings
        if dataset is not self.dataset:
            self.dataset = dataset
            fitted = with_fitting_outputs(self.experiment, dataset)
            if fitted != self.experiment:
                self.experiment = fitted
                self.experiment_changed.emit(fitted)
            self.dataset_changed.emit(dataset)
        self._settle()

    @Slot(object, str)
    def _on_dataset_failed(self, settings: DatasetSettings, sentence: str) -> None:
        """Go back to the experiment whose data is there."""
        if settings.source() != self.experiment.dataset.source():
            return
        if sentence:
            self.message.emit(sentence)
        if self._settled is not None:
            experiment, self.path, self._saved_experiment, self._near = self._settled
            self._opening, self._begins_anew, self._play_when_prepared = None, False, False
            self.edits.forget_last(experiment)
            self._adopt(experiment)
            self.saved_changed.emit()

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        if prepared.generation != self._generation:
            return
        self.frames.begin(prepared.generation)
        if prepared.best is not None:
            self.history.begin_with(prepared.best.epoch * prepared.batches, prepared.best)
        # The worker's own word for it follows; who presses Run before that must not wait for ever.
        self.progress = replace(self.progress, state="idle", number=prepared.number, kept_epoch=prepared.kept_epoch)
        self._saved_moment = (prepared.number, prepared.kept_epoch)
        self.progressed.emit(self.progress)
        self.prepared.emit(prepared)
        if self._play_when_prepared:
            self._play_when_prepared = False
            self._link.play.emit()

    @Slot(object)
    def _on_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.generation != self._generation:
            return
        self.history.extend(snapshot.steps)
        self.progress = snapshot.progress
        self.snapshot.emit(snapshot)
        # Nobody reads numbers faster than this, and every changed text is laid out and painted anew.
        now = time.monotonic()
        if self.progress.state != "running" or now - self._progress_told > _PROGRESS_SECONDS:
            self._progress_told = now
            self.progressed.emit(self.progress)
        self.frames.take_answer()

    @Slot(object)
    def _on_parameter_changed(self, change: ParameterChange) -> None:
        if change.generation == self._generation:
            if change.before is not None:
                self._saved_moment = None
            self.frames.refresh()
            self.edits.answer(change)

    @Slot(int, object)
    def _on_progressed(self, generation: int, progress: Progress) -> None:
        if generation == self._generation:
            self.edits.follow(self.progress, progress)
            self.progress = progress
            self.frames.refresh()
            self.progressed.emit(progress)
            if progress.state == "diverged":
                self.message.emit(progress.reason)

    @Slot(int, str)
    def _on_failed(self, generation: int, sentence: str) -> None:
        if generation == self._generation:
            self._play_when_prepared = False
            self.progress = Progress()
            self.progressed.emit(self.progress)
            self.message.emit(sentence)

    @Slot(object)
    def _on_model_saved(self, answer: SaveAnswer) -> None:
        if answer.generation == self._generation:
            self._saved_moment = (answer.number, answer.kept_epoch)
            self.model_path = answer.request.path
        self.saved_changed.emit()
