"""The worker of the past: goes to the step of a run that was asked for last, and looks at what the views want to see."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnlab.datasets import Dataset
from nnlab.errors import CancelledError
from nnlab.experiments.computer import engine_versions
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.continuation import curves_of, of_run
from nnlab.experiments.journal.origin import Origin
from nnlab.experiments.journal.stays import MOST_BYTES
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.memory import available_memory
from nnlab.probes import Answer, Moment, Observer
from nnlab.probes.moment import moment_of
from nnlab.training import TrainingRun
from nnlab.ui.faults import sentence_of
from nnlab.ui.jobs import CopyRequest
from nnlab.ui.messages import Prepared, ProbeRequest

# Seconds between two words of how far it is.
_REPORT_SECONDS = 0.1
# Of one look. What takes longer is asked for again by the view that shows it.
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class OpenRequest:
    """Have this run of the store ready."""

    serial: int
    number: int
    dataset: Dataset | None = None


@dataclass(frozen=True)
class VisitRequest:
    """Go to this step and look."""

    serial: int
    step: int
    probes: tuple[ProbeRequest, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """A run as it was: the step may be an earlier one than was asked for, where that is not written yet.

    number: of the run whose step it is, for a branch perhaps the one before    experiment: with the settings of then
    first, last: the steps between which the run can be gone back into
    probes: the answers by the names of the views that asked
    """

    serial: int
    number: int
    moment: Moment
    experiment: Experiment
    first: int
    last: int
    probes: dict[str, Answer]

    @property
    def step(self) -> int:
        """Updates made."""
        return self.moment.step


class PastWorker(QObject):
    """Owns the visitor. Two numbers tell what is still wanted; the window's thread writes them, and reports read them."""

    prepared = Signal(object)
    arrived = Signal(object)
    progressed = Signal(str, float)
    failed = Signal(int, str)  # the serial number of the opening, why
    troubled = Signal(str)
    copy_ready = Signal(object, object, str)
    continuation_ready = Signal(object)

    def __init__(self, folder: Path, data_folders: list[Path], journal: JournalWriter | None) -> None:
        super().__init__()
        self.opening = self.newest = 0
        self._folder, self._data_folders, self._journal = folder, data_folders, journal
        self._store: RunStore | None = None
        self._visitor: Visitor | None = None
        self._begun = self._opened = 0  # serial numbers: of the opening that was tried last, and of the last that succeeded
        self._observer = Observer(_LOOK_SECONDS)
        self._seen = Moment()
        self._reported = 0.0

    @Slot(object)
    def open(self, opening: OpenRequest) -> None:
        """Read the run's row, have its data, and build its model."""
        self._visitor = None
        self._observer.forget()
        if opening.serial != self.opening:
            return
        self._begun = opening.serial
        without_memory = f"run {opening.number:,}: there is not enough memory to go back into it; close other programs"

        def report(what: str, share: float) -> None:
            self._report(opening.serial != self.opening, what, share)

        def opened() -> None:
            """Open the store, where it is not yet, and the run."""
            self._store = self._store or RunStore(self._folder)
            most = min(MOST_BYTES, available_memory() // 8)
            self._visitor = Visitor(self._store, opening.number, self._data_folders, opening.dataset, report, most)
            self._opened = opening.serial
            self.prepared.emit(_prepared(self._visitor, opening.serial))

        self._attempt(opened, without_memory)

    @Slot(object)
    def visit(self, visit: VisitRequest) -> None:
        """Replay up to there, unless another place is wanted meanwhile."""
        visitor = self._visitor
        if visitor is None or visit.serial != self.newest or self._opened != self.opening:
            return

        def report(what: str, share: float) -> None:
            self._report(visit.serial != self.newest, what, share)

        def visited() -> None:
            """Stand there, and tell what was found."""
            self._wait_for(visitor, visit.step)
            standing = visitor.at(visit.step, report)
            answers = self._look(standing.run, visit.probes, report)
            moment, number = moment_of(standing.run), visitor.here.record.number
            reach = (visitor.reach, visitor.record.step)
            self.arrived.emit(Arrival(visit.serial, number, moment, standing.experiment, *reach, answers))

        self._attempt(visited, f"step {visit.step:,}: there is not enough memory to go back there; close other programs")

    @Slot(object)
    def take_copy(self, request: CopyRequest) -> None:
        """Of the run as it stands in the past."""
        copy, problem = None, "nothing of the past is shown; go back to a step first"
        if self._visitor is not None:
            try:
                copy, problem = self._visitor.here.run.replica(), ""
            except Exception as error:
                no_memory = f"{request.job.title}: there is not enough memory for a copy of the model; close other programs"
                problem = sentence_of(error, no_memory)
        self.copy_ready.emit(request, copy, problem)

    @Slot()
    def take_continuation(self) -> None:
        """From where it stands, with the curves up to there."""
        visitor, store = self._visitor, self._store
        if visitor is None or store is None:
            return

        def taken() -> None:
            """Hand out the run with its curves."""
            run, record = visitor.here.run, visitor.here.record
            history, origin = curves_of(store, record, run), Origin(record.number, run.step)
            self.continuation_ready.emit(of_run(run, visitor.here.experiment, history, origin))

        self._attempt(taken, "there is not enough memory for a branch; close other programs")

    @Slot()
    def stop(self) -> None:
        """Let go of everything, on the thread that has it."""
        self._visitor = None
        self._observer.forget()
        if self._store is not None:
            self._store.close()
            self._store = None

    def _wait_for(self, visitor: Visitor, step: int) -> None:
        """What was handed over to be written is there a moment later."""
        if self._journal is not None and self._store is not None and step > self._store.run(visitor.record.number).step:
            self._journal.flush()

    def _look(
        self, run: TrainingRun, probes: tuple[ProbeRequest, ...], report: Callable[[str, float], None]
    ) -> dict[str, Answer]:
        moment = moment_of(run)
        if moment != self._seen:
            # What goes on from look to look goes on at one step; from another it would be of two moments.
            self._observer.forget()
            self._seen = moment
        answers: dict[str, Answer] = {}
        for done, wanted in enumerate(probes):
            report("looking", done / len(probes))
            try:
                answers[wanted.view] = self._observer.look(run, wanted.probe, wanted.selection, wanted.view)
            except Exception as error:
                without_memory = f"there is not enough memory for the {wanted.view.replace('_', ' ')} view; show another"
                self.troubled.emit(sentence_of(error, without_memory))
        return answers

    def _report(self, is_overtaken: bool, what: str, share: float) -> None:
        if is_overtaken:
            raise CancelledError("another step is wanted")
        now = time.monotonic()
        if now - self._reported > _REPORT_SECONDS:
            self._reported = now
            self.progressed.emit(what, share)

    def _attempt(self, work: Callable[[], Any], without_memory: str) -> None:
        """Do it, and say in a sentence why it could not be done; nothing where it is not wanted any more."""
        self._reported = time.monotonic()
        try:
            work()
        except CancelledError:
            return
        except Exception as error:
            # A fault of nnlab's own, too: whoever waits must not wait for ever.
            self.failed.emit(self._begun, sentence_of(error, without_memory))


def _prepared(visitor: Visitor, generation: int) -> Prepared:
    run, data = visitor.run, visitor.run.data
    return Prepared(
        generation,
        visitor.experiment,
        data.dataset,
        data.split,
        run.model.parameters.size,
        int(engine_versions()["threads"]),
        moment_of(run),
        data.learning.examples,
        run.batches,
    )
