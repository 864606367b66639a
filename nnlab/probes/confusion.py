"""Which classes are taken for which."""

from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.confusion import too_many_for_matrix
from nnlab.models.metrics.class_scores import confusion_matrix
from nnlab.models.network import Network
from nnlab.probes.moment import moment
from nnlab.probes.predictions import PredictionsMemory, settle
from nnlab.probes.selection import Selection, part_of, shown_part
from nnlab.training.evaluation import Evaluation, evaluate
from nnlab.training.loop import TrainingRun


@dataclass(frozen=True)
class ConfusionOptions:
    """What the probe finds again at the next frame; without it every answer looks at all examples."""

    memory: PredictionsMemory = field(default_factory=PredictionsMemory, compare=False)


@dataclass(frozen=True)
class ConfusionPicture:
    """The confusion matrix of a part's examples, true class by row, and in words which parameters made it.

    Of `total` examples of the part those in the matrix have been looked at; is_fresh where there is nothing left to do.
    Where there can be no matrix, `problem` says why.
    """

    moment: str
    confusion: Array
    class_names: tuple[str, ...]
    part: str = "validation"
    total: int = 0
    is_fresh: bool = True
    problem: str = ""


def probe_confusion(run: TrainingRun, selection: Selection) -> ConfusionPicture:
    """Of the validation examples; where none are held back of the test examples, and without those of the training ones.

    Of too many classes the picture is a sentence.
    """
    names = run.data.dataset.class_names
    if problem := too_many_for_matrix(len(names)):
        return ConfusionPicture("", np.zeros((0, 0), np.intp), names, problem=problem)
    part = next((part for part in ("validation", "test") if shown_part(run, part) == part), "train")
    return _evaluated(run) if part == "validation" else _rolled(run, part, selection.options or ConfusionOptions())


def _evaluated(run: TrainingRun) -> ConfusionPicture:
    """The last evaluation's matrix. Where there is none (before the first epoch ends, of a model out of a file, after
    weights were changed by hand) the model is evaluated once, as it is.
    """
    names = run.data.dataset.class_names
    found = run.evaluation
    if found is None:
        found = evaluate(run.model, run.data.learning, run.data.split.validation, run.data.dataset.targets)
        found = run.evaluation = replace(found, moment=_now_text(run))
    total = len(run.data.split.validation)
    return ConfusionPicture(found.moment or _epoch_text(run, found), found.confusion, names, total=total)


def _rolled(run: TrainingRun, part: str, options: ConfusionOptions) -> ConfusionPicture:
    """What training does not evaluate is gone through a portion per frame; the matrix is of the last whole round."""
    model, names, memory = run.model, run.data.dataset.class_names, options.memory
    if not isinstance(model, Network):
        raise ShapeError("this model predicts no classes; choose a multi-layer perceptron, a CNN or a linear SVM")

    def predicted(inputs: Array) -> Array:
        return model.predicted(model.predict(inputs))[:, None]

    total = len(part_of(run, part)[1])
    with np.errstate(all="ignore"):
        memory.rolling.update(run, part, total, predicted)
        settle(run, part, None, memory)
    said = memory.outputs[:, 0].astype(np.intp)
    confusion = confusion_matrix(memory.rolling.labels[: len(said)], said, len(names))
    when = "before training"
    if memory.step or memory.is_edited:
        when = f"as of {moment(memory.step, memory.kept_epoch, memory.is_edited, memory.since)}"
    return ConfusionPicture(when, confusion, names, part, total, memory.rolling.is_fresh)


def _now_text(run: TrainingRun) -> str:
    """Which parameters the model has."""
    if run.number or run.edited:
        return f"as of {moment(run.number, run.kept_epoch, bool(run.edited))}"
    return "before training"


def _epoch_text(run: TrainingRun, found: Evaluation) -> str:
    """At the end of which epoch it was made: of the best one where that was put back, even when training goes on."""
    best = run.best
    epoch = best.epoch if best is not None and found is best.validation else run.epoch
    return f"after epoch {epoch:,}" + (", restored" if run.kept_epoch else "")
