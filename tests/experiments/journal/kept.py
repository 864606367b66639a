"""Runs that are trained with a journal beside them."""

from collections.abc import Callable
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.models.arrays import Array
from nnlab.training import TrainingRun
from nnlab.training.watch import Watch

Act = Callable[[TrainingRun, Recorder], None]


class Kept:
    """A run of an experiment, trained to its end or to some step; what is done on the way by hand; and the store it is in.

    bare: the parameters after every step, of the same run    holding: what breakpoints held of then; they stop nothing here
    """

    def __init__(
        self,
        experiment: Experiment,
        folder: Path,
        acts: dict[int, Act] | None = None,
        steps: int | None = None,
        every: int = 1,
        dataset: Dataset | None = None,
    ) -> None:
        self.said: list[str] = []
        writer = JournalWriter(folder, self.said.append)
        self.run = assemble(experiment, [], dataset)
        recorder = Recorder(writer, self.run, experiment)
        self.bare, self.holding = {0: self.parameters}, {0: self.run.holding}
        for step in Watch(self.run):
            # Snapshots lie apart, whatever time the steps take.
            recorder._due = 0.0 if step.number % every == 0 else float("inf")
            writer.flush()
            recorder.add(step, 0.01 * step.number)
            if acts and step.number in acts:
                acts[step.number](self.run, recorder)
                recorder.record(0.01 * step.number)
            self.bare[step.number], self.holding[step.number] = self.parameters, self.run.holding
            if step.number == steps:
                break
        recorder.record(0.01 * self.run.step, "" if steps is not None and self.run.ending is None else "done", is_left=True)
        self.bare[self.run.step], self.holding[self.run.step] = self.parameters, self.run.holding
        writer.close()
        self.recorder = recorder
        self.store: RunStore = open_store(folder)[0]

    @property
    def parameters(self) -> Array:
        """As they are now."""
        return self.run.model.parameters.values.copy()
