"""The session: the window's side of everything that happens. Methods are what a person can do."""

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Slot

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.experiments.journal.branching import branched
from nnlab.experiments.journal.continuation import Continuation
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.models import ModelSettings
from nnlab.training.history import History
from nnlab.ui.choices_left import MODEL
from nnlab.ui.document import Document
from nnlab.ui.fit import NO_FIT, fitted
from nnlab.ui.jobs import CopyRequest, Job
from nnlab.ui.messages import ParameterChange
from nnlab.ui.opened import Opened, RunStep, Wanted
from nnlab.ui.services import Work
from nnlab.ui.steering import Steering
from nnlab.ui.timeline.film import Film
from nnlab.ui.window_run import WindowRun


class Session(Steering):
    """What a person can do, and what is to be known about the experiment and its run."""

    def __init__(
        self, experiment: Experiment, folders: list[Path], threads: int, journal: JournalWriter | None = None
    ) -> None:
        super().__init__(experiment, folders, threads, journal)
        self.journal = journal
        self.helpers = 0  # processes that train beside the window, from the next Run on
        # The names of runs that the worker is to let go of, and what is done when it has.
        self._leaving: list[tuple[frozenset[int], Callable[[], object]]] = []
        self._link.worker.left.connect(self._on_left)
        self.film = Film(self.travel, self.runs)
        self.travel.message.connect(self.message)
        self.travel.copy_ready.connect(self.jobs.take_copy)
        self.travel.branched.connect(self._on_branched)

    def start(self) -> None:
        """Start the worker's thread and ask for the first data."""
        self._link.start()
        self.frames.start()
        self._resolve()

    def set_helpers(self, count: int) -> None:
        """So many processes train beside the window from the next Run on."""
        self.helpers = count
        self._link.set_helpers.emit(count)

    def shut_down(self) -> None:
        """End the worker and all jobs; returns when their threads have."""
        self.frames.stop()
        self.film.stop()
        self.travel.close()
        self._link.shut_down()
        self.jobs.shut_down()

    def undo(self) -> None:
        """Back to before the last edit, of a setting or of a parameter."""
        history = self.edit_history
        if history.can_undo and not history.brings_back_runs and self._wish.opened is None:
            # A reset that still looks at its data is taken back before it has happened.
            self._change_wish(begins_anew=False, rereads=False)
        self._go(self.edit_history.undo(self._place))

    def redo(self) -> None:
        """Forward again."""
        self._go(self.edit_history.redo(self._place))

    def bring_back(self, name: int | None = None) -> None:
        """The run of this name, or put aside last, goes on from where it was; the present one is put aside for it."""
        run = self.runs.shelf.take(name)
        if run is None:
            return
        if run.document == self._document:
            # Where nothing would be lost there is nothing to take back.
            if self.has_learned or run.experiment != self.experiment:
                self.edit_history.record(replace(self._place, brings_back=True))
        else:
            self._forget_edits()
        self._return_to(run)
        self._resolve()

    def _forget_edits(self) -> None:
        """Another document: undoing across an open would put one experiment under another's file name."""
        self.edit_history.clear()
        self.choices_left.forget()

    @property
    def path(self) -> Path | None:
        """The file that it is saved in."""
        return self._document.path

    @property
    def history(self) -> History:
        """Its scalars over time."""
        return self.runs.present.history

    @property
    def is_saved(self) -> bool:
        """Whether the experiment is as its file has it."""
        return self.experiment == self._document.saved

    @property
    def model_is_saved(self) -> bool:
        """Whether the run is as its file has it, or has learned nothing."""
        return self.runs.present.is_saved

    @property
    def problem(self) -> str:
        """Why the experiment cannot run on the data that is there, or ""."""
        return self._obstacles.problem

    @property
    def is_pending(self) -> bool:
        """Whether edits wait for a reset."""
        return self.situation.is_pending

    @property
    def is_blank(self) -> bool:
        """Whether the data is a plane on which too little has been drawn to learn from."""
        return self.situation.is_blank

    def is_kept(self, run: WindowRun) -> bool:
        """Whether the store has a run of this window as it is, or will have it before the window ends."""
        return self.journal is not None and self.journal.keeps(run.progress.number)

    def choose_model(self, model: ModelSettings) -> None:
        """Another model, made to fit the data that is there; the one before is remembered as a person had it."""
        self.choices_left.leave(MODEL, self._wish.fit.taken_back(self.experiment.model))
        experiment, fit = replace(self.experiment, model=model), NO_FIT
        if self.dataset is not None:
            experiment, fit = fitted(experiment, self.dataset, NO_FIT)
        self.edit(experiment)
        self._change_wish(fit=fit)

    def read(self, path: Path, plays: bool = False) -> None:
        """Have a file read that is to be opened, and perhaps trained; `was_read` or a message follows, unless another is
        wanted meanwhile.
        """
        self._change_wish(wanted=Wanted(path, plays))
        self._resolve()

    def open_run(self, number: int, step: int | None = None) -> None:
        """The same with a run of the store, as it was after a step, or the last one written.

        From there it goes on in its own row if nobody else has gone on with it, from anywhere else as a new run whose parent
        it is. One that was put aside in this window is brought back.
        """
        if step is None and number == self.progress.number:
            self.message.emit(f"Run {number:,} is open already.")
            return
        aside = [run.name for run in self.runs.shelf.runs if run.progress.number == number]
        if step is None and aside:
            self.bring_back(aside[-1])
            return
        self._change_wish(wanted=Wanted(RunStep(number, step)))
        self._resolve()

    def leave_aside(self, numbers: Collection[int], then: Callable[[], object]) -> None:
        """Those of these kept runs that were put aside in this window are so no longer; then others may have them."""
        names = frozenset(run.name for run in self.runs.shelf.runs if run.progress.number in numbers)
        if not names or self.journal is None:
            then()
            return
        for name in names:
            self.runs.shelf.take(name)
        self._leaving.append((names, then))
        self._link.leave.emit(names)
        self._tell()

    @Slot(object)
    def _on_left(self, names: frozenset[int]) -> None:
        """What they did is on its way to the store; who writes it lets go of them after that."""
        then = next((then for left, then in self._leaving if left == names), None)
        journal = self.journal
        if then is None or journal is None:
            return
        self._leaving.remove((names, then))
        job = Job("Writing runs down")
        job.done.connect(lambda _: then())
        self.jobs.start(job, lambda report: journal.flush())

    def give_up_reading(self) -> None:
        """What is being read is not to be opened."""
        self._change_wish(wanted=None)
        self._resolve()

    def open(self, opened: Opened) -> None:
        """Make what was read the experiment, and go on with its run where it has one."""
        self._change_wish(opened=opened, begins_anew=True, rereads=False, plays=opened.plays, fit=NO_FIT)
        # A run of it may be made at once, and then there is no trace of what was opened.
        self._tell()
        path, experiment = opened.path, opened.experiment
        self._document = Document(experiment, path if not opened.continuation else None, path.parent if path else None)
        self._forget_edits()
        is_other_data = opened.dataset is not None and self._take_data(experiment, opened.dataset)
        self._adopt(experiment)
        if is_other_data:
            self.dataset_changed.emit(self.dataset)
        self.saved_changed.emit()
        if opened.caution:
            self.message.emit(opened.caution)

    def begin_from(self, continuation: Continuation) -> None:
        """A fresh run begins from weights that were imported; undo has the run before it again."""
        if self.dataset is None or continuation.experiment != self.experiment or not self.situation.has_data:
            self.message.emit("The experiment was changed meanwhile; import the weights again.")
            return
        self.edit_history.record(self._place)
        opened = Opened(self.experiment, continuation=continuation, dataset=self.dataset)
        self._change_wish(opened=opened, begins_anew=True, rereads=False, plays=False, waits=False)
        self._resolve()

    def save(self, path: Path) -> bool:
        """Write the experiment; False, with a message, when that fails."""
        try:
            save_experiment(self.experiment, path)
        except NnlabError as error:
            self.message.emit(str(error))
            return False
        self._document = replace(self._document, saved=self.experiment, path=path)
        if self._last_good is not None:
            self._last_good = (self._last_good[0], self._document)
        self.saved_changed.emit()
        return True

    def save_model(self, path: Path, then: Callable[[bool], None] | None = None) -> None:
        """Have the worker write the model; saved_changed or a message follows, and then `then` hears whether it was."""
        self.saving.begin(path, self.history, then)

    def start_job(self, title: str, work: Work) -> Job:
        """Begin work on a copy of the run as it is seen, now or at an earlier step; the Job tells how it goes."""
        job = Job(title)
        request = CopyRequest(self.runs.generation, job, work)
        if self.travel.is_past:
            self.travel.take_copy(request)
        else:
            self._link.take_copy.emit(request)
        return job

    def change_parameter(self, tensor: str, position: tuple[int, ...], value: float) -> None:
        """Give one parameter another value while training stands; undoable until it goes on."""
        if self.travel.is_past:
            self.message.emit("What was then stays as it was; press Branch from here to change a weight.")
        elif not self.progress.is_running:
            self.edit_history.make(ParameterChange(self.runs.generation, tensor, position, value))

    def branch(self) -> None:
        """Another run goes on from the step that is shown, with the settings as they are now."""
        self.travel.take_branch()

    @Slot(object)
    def _on_branched(self, then: Continuation) -> None:
        origin = then.origin
        if self.running is None or self.dataset is None or origin is None or not self.travel.is_past:
            return
        # The store has whole paths, the experiment those that a person gave.
        then = replace(then, experiment=replace(then.experiment, dataset=self.running.dataset))
        try:
            going_on, caution = branched(then, self.experiment, self.dataset)
        except NnlabError as error:
            self.message.emit(str(error))
            return
        where = f"Branched from run {origin.number:,} at step {origin.step:,}."
        opened = Opened(self.experiment, continuation=going_on, dataset=self.dataset, caution=f"{where} {caution}".strip())
        self.open(opened)
