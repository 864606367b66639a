"""Which classes are taken for which."""

from dataclasses import dataclass

import numpy as np

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import predicting
from nnlab.models.confusion import too_many_for_matrix
from nnlab.models.metrics.class_scores import confusion_matrix
from nnlab.probes.moment import Moment
from nnlab.probes.predictions import PredictionsMemory, settle
from nnlab.probes.scene import Scene
from nnlab.probes.selection import Selection, part_of, shown_part
from nnlab.training.evaluation import Evaluation, evaluate


class ConfusionMemory(PredictionsMemory):
    """What the probe finds again at the next frame: the examples gone through, and the evaluation that it made itself."""

    def __init__(self, seconds: float = np.inf) -> None:
        super().__init__(seconds)
        self.evaluation: Evaluation | None = None
        self.evaluated = Moment()


@dataclass(frozen=True)
class ConfusionMatrix:
    """The confusion matrix of a part's examples, true class by row; found is when that was.

    Of `total` examples of the part those in the matrix have been looked at; is_fresh where there is nothing left to do.
    Where there can be no matrix, `problem` says why.
    """

    found: Moment
    confusion: Array
    class_names: tuple[str, ...]
    part: str = "validation"
    total: int = 0
    is_fresh: bool = True
    problem: str = ""


def probe_confusion(scene: Scene, selection: Selection, memory: ConfusionMemory) -> ConfusionMatrix:
    """Of the selected part's examples; of validation as training evaluates it. Of too many classes it is a sentence."""
    names = scene.data.dataset.class_names
    if problem := too_many_for_matrix(len(names)):
        return ConfusionMatrix(scene.moment, np.zeros((0, 0), np.intp), names, problem=problem)
    part = shown_part(scene.data, selection.part)
    return _evaluated(scene, memory) if part == "validation" else _rolled(scene, part, memory)


def _evaluated(scene: Scene, memory: ConfusionMemory) -> ConfusionMatrix:
    """The last evaluation's matrix. Where there is none (before the first epoch ends, of a model out of a file, after
    weights were changed by hand) the model is evaluated once, as it is.
    """
    data = scene.data
    names, total = data.dataset.class_names, len(data.split.validation)
    if scene.evaluation is not None and scene.evaluated is not None:
        return ConfusionMatrix(scene.evaluated, scene.evaluation.confusion, names, total=total)
    if memory.evaluation is None or not _serves(memory.evaluated, scene.moment):
        memory.evaluation = evaluate(scene.model, data.learning, data.split.validation, data.dataset.targets)
        memory.evaluated = scene.moment
    return ConfusionMatrix(memory.evaluated, memory.evaluation.confusion, names, total=total)


def _serves(then: Moment, now: Moment) -> bool:
    """Whether what was evaluated then still serves: until an epoch ends, unless the model went another way."""
    return (then.run, then.hand_edits, then.epoch) == (now.run, now.hand_edits, now.epoch) and then.step <= now.step


def _rolled(scene: Scene, part: str, memory: ConfusionMemory) -> ConfusionMatrix:
    """What training does not evaluate is gone through a portion per frame; the matrix is of the last whole round."""
    model, names = predicting(scene.model), scene.data.dataset.class_names
    if model is None:
        raise ShapeError("this model predicts no classes; choose a multi-layer perceptron, a CNN or a linear SVM")

    def predicted(inputs: Array) -> Array:
        return model.predicted(model.predict(inputs))[:, None]

    total = len(part_of(scene.data, part)[1])
    with np.errstate(all="ignore"):
        memory.rolling.update(scene, part, total, predicted)
        settle(scene, part, None, memory)
    said = memory.outputs[:, 0].astype(np.intp)
    confusion = confusion_matrix(memory.rolling.labels[: len(said)], said, len(names))
    return ConfusionMatrix(memory.found, confusion, names, part, total, memory.rolling.is_fresh)
