"""The session: the window's side of everything that happens. Holds the experiment being edited and talks to the worker.

Every edit makes a new frozen Experiment. What the edit takes is found by comparing it with the one that runs: nothing, a
live change between two steps, or a fresh run - at once while nothing has been learned yet, else when the person resets.
"""

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
from nnlab.ui.activity import Activity
from nnlab.ui.bench import Work
from nnlab.ui.edit_history import EditHistory, Place
from nnlab.ui.fitting import problem_of, with_fitting_outputs
from nnlab.ui.jobs import Job, Jobs
from nnlab.ui.loading import Loading
from nnlab.ui.messages import CopyRequest, LiveChange, ParameterChange, Prepared, Progress
from nnlab.ui.opening import OpenedFile, Opening
from nnlab.ui.runs import Runs
from nnlab.ui.saving import Saving
from nnlab.ui.situation import Situation
from nnlab.ui.train_on import train_on
from nnlab.ui.window_run import WindowRun
from nnlab.ui.worker_link import WorkerLink


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
    put_aside = Signal()  # a run that has learned made way for a fresh one
    shelf_changed = Signal(bool)  # whether a run can be brought back
    saved_changed = Signal()

    def __init__(self, experiment: Experiment, folders: list[Path], threads: int) -> None:
        super().__init__()
        self.experiment = experiment
        self.dataset: Dataset | None = None
        self.path: Path | None = None
        self.problem = ""
        self._saved_experiment = experiment
        self._dataset_settings: DatasetSettings | None = None
        self.edits = EditHistory()
        self._opened: OpenedFile | None = None
        # A file was opened, or a reset asked for: the run is fresh, whatever has been learned so far.
        self._begins_anew = False
        self._is_loading = True
        self._play_when_prepared = False
        # The last experiment whose data could be loaded, with its file: what a failed load goes back to.
        self._settled: tuple[Experiment, Path | None, Experiment, Path | None] | None = None
        self._near: Path | None = None

        self.jobs = Jobs()
        self.loading, self.opening = Loading(folders, self.jobs), Opening(self.jobs)
        self._link = WorkerLink(threads)
        self.runs = Runs(self._link, self.edits)
        self.frames = self.runs.frames
        self.saving = Saving()
        self._connect()

    def _connect(self) -> None:
        runs, worker, saving = self.runs, self._link.worker, self.saving
        self.loading.loaded.connect(self._on_dataset_loaded)
        self.loading.failed.connect(self._on_dataset_failed)
        self.opening.failed.connect(self.message)
        runs.prepared.connect(self._on_prepared)
        runs.failed.connect(self._on_failed)
        for name in ("snapshot", "progressed", "message", "saved_changed", "shelf_changed"):
            getattr(runs, name).connect(getattr(self, name))
        worker.copy_ready.connect(self.jobs.take_copy)
        self.edits.parameter_wanted.connect(self._link.change_parameter)
        saving.wanted.connect(self._link.save)
        worker.save_answered.connect(saving.take_answer)
        saving.saved.connect(runs.take_saved)
        saving.failed.connect(self.message)

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

    def edit(self, experiment: Experiment, what: str = "") -> None:
        """Make this the experiment. Edits of the same thing in quick succession are undone together."""
        if experiment == self.experiment:
            return
        self.edits.record(self._place, what)
        self._adopt(experiment)

    def undo(self) -> None:
        """Back to before the last edit, of a setting or of a parameter."""
        # A reset that still looks at its data is taken back before it has happened.
        self._begins_anew = self._begins_anew and not (self.edits.can_undo and self._opened is None)
        self._go(self.edits.undo(self._place))

    def redo(self) -> None:
        """Forward again."""
        self._go(self.edits.redo(self._place))

    def bring_back(self) -> None:
        """The run that was put aside last goes on from where it was; the present one is put aside for it."""
        run = self.runs.shelf.take()
        if run is None:
            return
        if (run.path, run.saved_experiment) == (self.path, self._saved_experiment):
            self.edits.record(self._place)
        else:
            # Undoing across an open would put one experiment under another's file name.
            self.edits.clear()
        self._return_to(run)
        self._settle()

    @property
    def running(self) -> Experiment | None:
        """The experiment of the run that there is."""
        return self.runs.present.experiment

    @property
    def history(self) -> History:
        """Its scalars over time."""
        return self.runs.present.history

    @property
    def progress(self) -> Progress:
        """Where it is."""
        return self.runs.present.progress

    @property
    def has_learned(self) -> bool:
        """Whether the run has steps behind it, or parameters given by hand."""
        return self.runs.has_learned

    @property
    def is_saved(self) -> bool:
        """Whether the experiment is as its file has it."""
        return self.experiment == self._saved_experiment

    @property
    def model_is_saved(self) -> bool:
        """Whether the run is as its file has it, or has learned nothing."""
        return self.runs.present.is_saved

    @property
    def situation(self) -> Situation:
        """What decides which actions there are."""
        edits = self.edits
        can_bring_back = bool(self.runs.shelf.names)
        return Situation(self.progress.activity, bool(self.problem), edits.can_undo, edits.can_redo, can_bring_back)

    @property
    def is_pending(self) -> bool:
        """Whether edits wait for a reset."""
        return self.running is not None and self.running.needs_reset(self.experiment) and not self.is_blank

    @property
    def is_blank(self) -> bool:
        """Whether the data is a plane on which too little has been drawn to learn from."""
        return is_blank(self.experiment.dataset.source)

    def run_or_pause(self) -> None:
        """Run if standing, pause if running. A diverged run starts afresh, a finished one trains on."""
        if self.opening.is_busy:
            self.opening.runs = True
            return
        if self._is_loading or self.progress.activity is Activity.LOADING:
            self._play_when_prepared = True
            return
        if self.progress.is_running:
            self._link.pause.emit()
            return
        if self.progress.activity is Activity.DIVERGED:
            self.reset()
            self._play_when_prepared = self._is_loading
            return
        if self.progress.activity is Activity.FINISHED:
            training = train_on(self.experiment.training, self.progress, self.runs.present.recipe_epochs)
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
            if self.has_learned and not self.is_pending:
                self.edits.record(self._place)
            if not self._is_loading:
                self._load_dataset()

    def reset_with_new_seed(self) -> None:
        """A fresh run from the next seed."""
        training = self.experiment.training
        self.edit(replace(self.experiment, training=replace(training, seed=(training.seed + 1) % 2**31)))
        self.reset()

    def open(self, file: OpenedFile) -> None:
        """Make what a file holds the experiment, and go on with its model where it has one."""
        self._opened, self._begins_anew = file, True
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
        if self._settled is not None:
            self._settled = (self._settled[0], path, self.experiment, self._near)
        self.saved_changed.emit()
        return True

    def save_model(self, path: Path, then: Callable[[bool], None] | None = None) -> None:
        """Have the worker write the model; saved_changed or a message follows, and then `then` hears whether it was."""
        self.saving.begin(path, self.history, then)

    def pause(self) -> None:
        """Stop between two steps."""
        self._play_when_prepared = False
        self._link.pause.emit()

    def start_job(self, title: str, work: Work) -> Job:
        """Begin work on a copy of the run as it is between two steps; the Job tells how it goes."""
        job = Job(title)
        self._link.take_copy.emit(CopyRequest(self.runs.generation, job, work))
        return job

    def change_parameter(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        """Give one parameter another value while training stands; undoable until it goes on."""
        if not self.progress.is_running:
            self.edits.make(ParameterChange(self.runs.generation, tensor, position, value))

    def _adopt(self, experiment: Experiment) -> None:
        self.experiment = experiment
        self.experiment_changed.emit(experiment)
        if self._dataset_settings is None or experiment.dataset.source != self._dataset_settings.source:
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
                live = running.with_live(wanted) if running.needs_reset(wanted) else wanted
                self.runs.present.experiment = live
                self._link.change_live.emit(LiveChange(self.runs.generation, live.training, live.model))
        elif self.is_blank and self.progress.is_running:
            self._link.pause.emit()
        if self._play_when_prepared and self.progress.activity is not Activity.LOADING:
            self._play_when_prepared = False
            self.run_or_pause()
        self._settled = self._here
        self.pending_changed.emit(self.is_pending)

    def _may_begin_anew(self, running: Experiment) -> bool:
        """Whether an edit that needs a fresh run gets it at once: nothing is lost, or points are being drawn."""
        dataset = self.experiment.dataset
        if dataset.name == "drawn" and dataset.source != running.dataset.source:
            # Who draws while it trains sees it train on with the new points.
            self._play_when_prepared = self._play_when_prepared or self.progress.is_running
            return True
        return not self.has_learned

    def _prepare_run(self) -> None:
        assert self.dataset is not None
        # An edit since the file was opened makes it another model.
        opened = self._opened if self._opened and self._opened.experiment == self.experiment else None
        run = WindowRun(self.experiment, self.dataset, recipe_epochs=self.experiment.training.epochs)
        if opened is not None and opened.saved is not None:
            run.model_path, run.history = opened.path, opened.saved.history
        # Who sees it train on at once, as while points are drawn, needs no word of it.
        is_told = self.has_learned and not self._play_when_prepared
        self._change_runs(run, opened.saved if opened else None)
        if is_told:
            self.put_aside.emit()

    def _change_runs(self, run: WindowRun, saved: SavedModel | None = None) -> None:
        """This becomes the run; the one before it is put aside with the experiment that it was of."""
        before = self.runs.present
        _, before.path, before.saved_experiment, before.near = self._settled or self._here
        self._opened, self._begins_anew = None, False
        self.runs.change(run, saved)
        self.pending_changed.emit(False)

    def _go(self, place: Place) -> None:
        """To an experiment that was left by an edit or a reset, and to its run, if that was put aside since."""
        run = self.runs.shelf.take(place.run) if place.run != self.runs.present.name else None
        if run is not None:
            run.path, run.saved_experiment, run.near = self.path, self._saved_experiment, self._near
            # Who draws while it trains sees it train on.
            self._play_when_prepared = self.progress.is_running and place.experiment.dataset.name == "drawn"
            self._return_to(run)
        self._adopt(place.experiment)

    def _return_to(self, run: WindowRun) -> None:
        """A run that was put aside is the run again, with its experiment and its data."""
        assert run.experiment is not None
        self.loading.give_up()
        is_other_data = run.dataset is not self.dataset
        self._change_runs(run)
        self.experiment, self.dataset, self._dataset_settings = run.experiment, run.dataset, run.experiment.dataset
        self.path, self._saved_experiment, self._near = run.path, run.saved_experiment or run.experiment, run.near
        self.experiment_changed.emit(self.experiment)
        if is_other_data:
            self.dataset_changed.emit(self.dataset)
        self.saved_changed.emit()

    @property
    def _place(self) -> Place:
        return Place(self.experiment, self.runs.present.name)

    @property
    def _here(self) -> tuple[Experiment, Path | None, Experiment, Path | None]:
        return self.experiment, self.path, self._saved_experiment, self._near

    @Slot(object, object)
    def _on_dataset_loaded(self, settings: DatasetSettings, dataset: Dataset) -> None:
        if settings.source != self.experiment.dataset.source:
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
        if settings.source != self.experiment.dataset.source:
            return
        if sentence:
            self.message.emit(sentence)
        if self._settled is not None:
            experiment, self.path, self._saved_experiment, self._near = self._settled
            self._opened, self._begins_anew, self._play_when_prepared = None, False, False
            self.edits.forget_last(experiment)
            self._adopt(experiment)
            self.saved_changed.emit()

    @Slot(object)
    def _on_prepared(self, prepared: Prepared) -> None:
        self.prepared.emit(prepared)
        if self._play_when_prepared:
            self._play_when_prepared = False
            self._link.play.emit()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._play_when_prepared = False
        self.message.emit(sentence)
