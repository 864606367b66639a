"""The recorder: stands beside the loop and hands to the writer what happens to a run, at the cost of a copy now and then."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.journal import Journal
from nnlab.experiments.journal.origin import Origin
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.model_content import Unchanging, unchanging_of
from nnlab.models.metrics import score_of
from nnlab.training import Step, TrainingRun
from nnlab.training.checkpoint import BestEpoch
from nnlab.training.history import History

# So much of training is lost at most, where a copy of the run's state is quickly made.
SNAPSHOT_SECONDS = 0.5
# An epoch's end need not wait for so much of it; where epochs are shorter, writing each would cost more than to train it.
_SOONER = 0.1
# Copying may take this share of the time of training. To write takes some times as long, in which others wait now and then.
_SHARE_OF_TIME = 0.003
# Before the time is up, so that no list of steps grows without end.
_MOST_STEPS = 16384


class Recorder:
    """Of one run, on the thread that trains it.

        recorder = Recorder(writer, run, experiment)
        for step in run:
            recorder.add(step, seconds)
        recorder.record(seconds)

    A run that is in the store already goes on in its row: `log` is then what the store has of it. One that has an `origin`
    may go on in the row of that: whether it can is seen when it is written first.
    """

    def __init__(
        self,
        writer: Journal,
        run: TrainingRun,
        experiment: Experiment,
        folders: Sequence[Path] = (),
        origin: Origin | None = None,
        log: RunLog | None = None,
        history: History | None = None,
        tags: tuple[str, ...] = (),
        trial: tuple[int, int] | None = None,
    ) -> None:
        self._writer, self._run = writer, run
        self.experiment = experiment  # as it is now; live settings change it
        self.log = log or RunLog()
        self._unchanging: Unchanging | None = None
        self._steps: list[Step] = []
        self._written_step = run.step
        self._due = 0.0
        self._best: BestEpoch | None = None
        if self.log.number is None:
            self._writer.put(self.log, replace(self._beginning(folders, origin, history), tags=tags, trial=trial))
            self.record(history.seconds if history else 0.0)

    def _beginning(self, folders: Sequence[Path], origin: Origin | None, history: History | None) -> Beginning:
        run = self._run
        self._unchanging = unchanging_of(run)
        facts = {
            "parameters": run.model.parameters.size,
            "first_step": run.step,
            "title": run.data.dataset.title,
            "score": score_of(run.data.dataset.targets).name,
            "examples": len(run.data.split.train),
            "cores": os.cpu_count() or 1,
            "helpers": run.helpers,
            # Where relative paths lead on from, and where an encoder was looked for.
            "folders": [str(Path.cwd()), *(str(folder.absolute()) for folder in folders)],
            **{name: self._unchanging.metadata[name] for name in ("nnlab", "numpy", "blas", "threads")},
        }
        return Beginning(self.experiment, run.data.dataset, facts, origin, history.copy() if history else None)

    def add(self, step: Step, seconds: float) -> None:
        """A step was made; `seconds` is how long the run has been trained."""
        self.extend((step,), seconds)

    def extend(self, steps: Sequence[Step], seconds: float) -> None:
        """Several were made, behind the last of which the run stands."""
        self._steps.extend(steps)
        due = self._due - _SOONER if steps[-1].epoch_end is not None else self._due
        if (time.monotonic() >= due or len(self._steps) >= _MOST_STEPS) and not self.is_behind:
            self.record(seconds)

    @property
    def is_behind(self) -> bool:
        """Whether so much waits to be written that what is new had better wait where it is."""
        return self._writer.is_behind

    def record(self, seconds: float, ending: str = "", is_left: bool = False) -> None:
        """Hand over everything up to now: at a pause, at the end, after a change by hand, and when nobody trains it here."""
        run, started = self._run, time.thread_time()
        if self._unchanging is None:
            self._unchanging = unchanging_of(run)
        numbers = [self._written_step, *(step.number for step in self._steps)]
        gone_back = run.step < numbers[-1] or any(later <= earlier for earlier, later in pairwise(numbers))
        try:
            checkpoint = run.checkpoint.copy(self._best)
        except MemoryError:
            # It trains on; what is told now is told with what comes later.
            self._due = time.monotonic() + SNAPSHOT_SECONDS
            self._writer.say("this run is not kept at present: there is not enough memory for a copy; close other programs")
            return
        self._best = checkpoint.best
        # Of the processor: what others take of it meanwhile makes no copy dearer.
        copied = time.thread_time() - started
        count = len(run.data.split.train)
        entry = Entry(
            replace(self.experiment, training=run.settings),
            run.step,
            run.epoch + run.position / count,
            seconds,
            run.events,
            tuple(self._steps),
            checkpoint,
            self._unchanging,
            gone_back,
            ending,
            is_left,
        )
        self._steps.clear()
        self._written_step = run.step
        self._due = time.monotonic() + max(SNAPSHOT_SECONDS, copied / _SHARE_OF_TIME)
        self._writer.put(self.log, entry)
