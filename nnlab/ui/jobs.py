"""Long work beside the window and the training: a thread for each job, with progress, cancel, and one answer."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from nnlab.errors import CancelledError, NnlabError
from nnlab.probes.answer import Answer
from nnlab.probes.moment import moment_of
from nnlab.report import Report
from nnlab.training import TrainingRun

# Seconds between two reports that reach the window.
_REPORT_SECONDS = 0.1


class Job(QObject):
    """One piece of work. Exactly one of `done`, `failed` and `cancelled` is emitted, on the window's thread."""

    progressed = Signal(str, float)  # what is being done, share done or NaN
    done = Signal(object)
    failed = Signal(str)  # the sentence to show
    cancelled = Signal()
    ended = Signal()  # after any of the three

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.is_cancelled = False
        self.error: NnlabError | None = None  # of which `failed` tells the sentence

    def cancel(self) -> None:
        """Ask the work to stop at its next report."""
        self.is_cancelled = True

    def refuse(self, sentence: str) -> None:
        """End before it has begun."""
        self.failed.emit(sentence)
        self.ended.emit()


@dataclass(frozen=True)
class CopyRequest:
    """Hand over a copy of the run as it is between two steps, for a job."""

    generation: int
    job: Job
    work: Callable[[TrainingRun, Report], Any]


class Jobs(QObject):
    """Runs jobs; closing the window cancels those that are left and waits for them."""

    def __init__(self) -> None:
        super().__init__()
        self._threads: dict[Job, _JobThread] = {}
        self._is_over = False

    def start(self, job: Job, work: Callable[[Report], Any]) -> None:
        """Begin the work of a job on a thread of its own."""
        if self._is_over:
            job.refuse(f"{job.title}: the window is closing")
            return
        thread = _JobThread(job, work)
        self._threads[job] = thread
        thread.reported.connect(job.progressed)
        # A slot of an object on the window's thread runs there; a lambda would run on the job's.
        thread.finished.connect(self._end_finished, Qt.ConnectionType.QueuedConnection)
        thread.start()

    @Slot(object, object, str)
    def take_copy(self, request: CopyRequest, run: TrainingRun | None, problem: str) -> None:
        """The copy of the run that a job has asked for is here, or the sentence that says why there is none."""
        if run is None:
            request.job.refuse(problem)
        else:
            moment = moment_of(run)
            self.start(request.job, lambda report: Answer(moment, request.work(run, report)))

    @property
    def is_busy(self) -> bool:
        """Whether any job has not ended."""
        return bool(self._threads)

    def shut_down(self) -> None:
        """Cancel all jobs; returns when their threads have ended. What is asked for from now on is refused."""
        self._is_over = True
        for job in self._threads:
            job.cancel()
        for thread in self._threads.values():
            thread.wait()
        self._threads.clear()

    @Slot()
    def _end_finished(self) -> None:
        for job in [job for job, thread in self._threads.items() if thread.isFinished()]:
            self._end(job, self._threads.pop(job))

    def _end(self, job: Job, thread: "_JobThread") -> None:
        thread.wait()
        if job.is_cancelled or thread.was_cancelled:
            job.cancelled.emit()
        elif thread.problem:
            job.failed.emit(thread.problem)
        else:
            job.done.emit(thread.answer)
        job.ended.emit()
        thread.deleteLater()


class _JobThread(QThread):
    reported = Signal(str, float)

    def __init__(self, job: Job, work: Callable[[Report], Any]) -> None:
        super().__init__()
        self.setObjectName(job.title)
        self.answer: Any = None
        # What is true if anything but the errors below ends the work.
        self.problem = f"{job.title}: ended by a fault of nnlab's own"
        self.was_cancelled = False
        self._job = job
        self._work = work
        self._reported = 0.0

    def run(self) -> None:
        """The work, on this thread."""
        try:
            self.answer = self._work(self._report)
            self.problem = ""
        except CancelledError:
            self.was_cancelled = True
        except NnlabError as error:
            self.problem, self._job.error = str(error), error
        except MemoryError:
            self.problem = f"{self._job.title}: there is not enough memory; close other programs"

    def _report(self, what: str, share: float) -> None:
        if self._job.is_cancelled:
            raise CancelledError(f"{self._job.title}: cancelled")
        now = time.monotonic()
        if now - self._reported > _REPORT_SECONDS:
            self._reported = now
            self.reported.emit(what, share)
