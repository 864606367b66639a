"""What a probe looks at: a model, its data and the moment, and what is known of the step that led there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.datasets.split import Index
from nnlab.models.arrays import Array
from nnlab.models.model import Model
from nnlab.probes.moment import Moment, moment_of
from nnlab.training.data import TrainingData
from nnlab.training.evaluation import Evaluation
from nnlab.training.loop import TrainingRun


@dataclass(frozen=True, eq=False)
class Scene:
    """A model between two steps. It needs no run: one of the past is a model that was given its parameters of then.

    last_update(tensor) is what the last step took from a tensor, and the gradient of that step is in the model's
    parameters; None where no step is known, as of a model that has just been opened.
    batch (n,) are the positions in the training data of the examples that this step learned from; none where that is not
    known.
    evaluation is that of the validation examples at the end of an epoch, `evaluated`; None where there is none.
    """

    model: Model
    data: TrainingData
    moment: Moment
    seed: int
    learning_rate: float  # of the next step
    last_update: Callable[[str], Array] | None = None
    evaluation: Evaluation | None = None
    evaluated: Moment | None = None
    batch: Index = field(default_factory=lambda: np.zeros(0, np.intp))


def scene_of(run: TrainingRun) -> Scene:
    """The run as it stands, to be looked at before its next step."""
    best, found, now = run.best, run.evaluation, moment_of(run)
    end_of = best.epoch if best is not None and found is best.validation else run.epoch
    return Scene(
        run.model,
        run.data,
        now,
        run.settings.seed,
        run.learning_rate,
        run.last_update if run.has_stepped else None,
        found,
        None if found is None else replace(now, end_of=end_of),
        run.last_batch,
    )
