"""Where a run goes on from: out of a model file, or from some step of a run of the store, in its own row or as a branch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nnlab.datasets import Dataset
from nnlab.datasets.files.schema import Schema
from nnlab.datasets.scaling import Scaling
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.origin import Origin
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import SavedModel
from nnlab.report import Report, silent
from nnlab.training import TrainingRun
from nnlab.training.checkpoint import Checkpoint
from nnlab.training.history import History


@dataclass(frozen=True, eq=False)
class Continuation:
    """All that it takes to go on, bit for bit, in a fresh run of the same experiment on the same data.

    experiment: as it was there    scaling: under which the model learned    history: the curves up to there
    origin: where in the store    schema: of a file, how its data was read
    """

    experiment: Experiment
    checkpoint: Checkpoint
    scaling: Scaling
    history: History = field(default_factory=History)
    origin: Origin | None = None
    schema: Schema | None = None

    def continue_in(self, run: TrainingRun) -> None:
        """Put everything into a fresh run, which then goes on as if it had never been left."""
        if self.schema is not None:
            self.schema.check_encoder(self.experiment.dataset.encoder, run.data.dataset.encoder)
        run.restore(self.checkpoint, self.scaling)


def of_file(saved: SavedModel) -> Continuation:
    """From where a model file left it; for the store that is a new run."""
    return Continuation(saved.experiment, saved.checkpoint, saved.scaling, saved.history, schema=saved.schema)


def of_run(run: TrainingRun, experiment: Experiment, history: History, origin: Origin | None = None) -> Continuation:
    """From where a run stands, in memory of its own."""
    return Continuation(experiment, run.checkpoint.copy(), run.data.scaling, history, origin)


def continuation_at(
    store: RunStore,
    number: int,
    step: int | None = None,
    folders: Sequence[Path] = (),
    report: Report = silent,
    dataset: Dataset | None = None,
) -> tuple[Continuation, Dataset]:
    """From after a step of a run of the store, by default the last one written; and the data that it learned from."""
    record = store.run(number)
    standing = run_at(store, record, record.step if step is None else step, folders, report, dataset)
    run = standing.run
    history = curves_of(store, record, run)
    origin = Origin(number, run.step, run.step == record.step)
    return of_run(run, standing.experiment, history, origin), run.data.dataset


def curves_of(store: RunStore, record: RunRecord, run: TrainingRun) -> History:
    """The curves of a run up to where it stands, with its best epoch and the seconds so far."""
    history = history_of(store.curves(record.number), record.step, record.score)
    [seconds] = history.seconds_after(np.array([run.step]))
    history.forget_after(run.step)
    if seconds == seconds:
        history.note_time(run.step, float(seconds))
    if run.best is not None:
        history.begin_with(run.best.epoch * run.batches, run.best)
    return history
