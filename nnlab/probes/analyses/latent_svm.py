"""A linear support vector machine on a model's codes, by nnlab's own descent and by scikit-learn's solver."""

import math
from dataclasses import dataclass

import numpy as np

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.split import Index, spread
from nnlab.errors import ShapeError
from nnlab.models.arrays import Array
from nnlab.models.capabilities import coder_of
from nnlab.models.coder import Coder
from nnlab.models.metrics.class_scores import ClassScores, accuracy, class_scores, confusion_matrix
from nnlab.probes.analyses.linear_svc import fit_linear_svc
from nnlab.probes.analyses.svm_descent import descend, hinge_objective
from nnlab.probes.selection import part_of
from nnlab.report import Report, silent
from nnlab.training.data import Feed, TrainingData, prepare_data
from nnlab.training.loop import TrainingRun

_MOST_EXAMPLES = 10_000
_MOST_WORK = 200_000_000  # examples x dimensions x classes
_MOST_DRAWN = 2000
_CHUNK = 500
# How hard a mistake counts against a wide margin: C sum hinge + |W|^2 / 2.
_C = 1.0


@dataclass(frozen=True)
class MachineScore:
    """One machine: how long it learned, how it does on both parts, and its lines  z = x W + b.

    confusion (classes, classes) on the held-back part    weight (dims, machines)    bias (machines,)
    """

    name: str
    seconds: float
    train_accuracy: float
    confusion: Array
    weight: Array
    bias: Array
    remark: str = ""
    objective: float = math.nan  # what both make small on the training codes, of all classes together

    @property
    def accuracy(self) -> float:
        """The share of the held-back part that is named right."""
        return accuracy(self.confusion)

    @property
    def scores(self) -> ClassScores:
        """Precision, recall and F1 of every class."""
        return class_scores(self.confusion)


@dataclass(frozen=True)
class LatentSVM:
    """Both machines on the same standardised codes.

    points (n, dims), labels (n,): some of the training codes, where there are two dimensions to draw them in.
    """

    dims: int
    class_names: tuple[str, ...]
    train_examples: int
    held_part: str
    held_examples: int
    own: MachineScore
    peer: MachineScore
    points: Array
    labels: Array


def compare_svms(run: TrainingRun, report: Report = silent) -> LatentSVM:
    """Train both on the codes of the training part, and judge them on the test (or validation) part. The run is a copy."""
    coder, names = coder_of(run.model), run.data.dataset.class_names
    if coder is None:
        raise ShapeError("linear SVM on the codes: this model has no code; choose an autoencoder or an RBM")
    if len(names) < 2:
        raise ShapeError("linear SVM on the codes: it separates classes, and this data has fewer than two")
    most = int(np.clip(_MOST_WORK // (coder.dims * len(names)), 500, _MOST_EXAMPLES))
    held_part = next((part for part in ("test", "validation") if _has(run, part)), "train")
    train = _coded(run, coder, "train", most, report)
    held = _coded(run, coder, held_part, most, report)
    if len(np.unique(train.labels)) < 2:
        raise ShapeError("linear SVM on the codes: all training examples are of one class; choose data with several")
    dataset = Dataset("codes", "Codes", train, held, run.data.dataset.targets)
    data = prepare_data(dataset, DatasetSettings(scaling="standard", validation=0.0))
    own = _own_machine(data, run.settings.seed, report)
    peer = _peer_machine(data, report)
    x, labels = (part.copy() for part in data.learning.gather(spread(data.split.train, _MOST_DRAWN)))
    drawn = len(x) if coder.dims == 2 else 0
    points, labels = x[:drawn], labels[:drawn]
    return LatentSVM(coder.dims, names, len(train), held_part, len(held), own, peer, points, labels)


def _has(run: TrainingRun, part: str) -> bool:
    return len(run.data.dataset.test if part == "test" else run.data.split.validation) > 0


def _coded(run: TrainingRun, coder: Coder, part: str, most: int, report: Report) -> Examples:
    """Evenly spread examples of a part, as codes."""
    feed, index = part_of(run.data, part)
    chosen = spread(index, most)
    count = len(chosen)
    codes, labels = np.empty((count, coder.dims), np.float32), np.empty(count, np.intp)
    for start in range(0, count, _CHUNK):
        report(f"codes of the {part} part", start / count * 0.1)
        some = slice(start, start + _CHUNK)
        with np.errstate(all="ignore"):
            inputs, labels[some] = feed.gather(chosen[some])
            codes[some] = coder.encode(inputs)
    if not np.isfinite(codes).all():
        raise ShapeError(
            "linear SVM on the codes: some codes are not finite numbers; reset the run, with a lower learning rate"
        )
    return Examples(codes, labels)


def _own_machine(data: TrainingData, seed: int, report: Report) -> MachineScore:
    """Stochastic descent in nnlab's own training loop."""
    found = descend(data, _C, seed, report)
    named = [_predicted(found.model.predict, feed, index) for feed, index in _parts(data)]
    done = _end_text(found.has_converged, f"{found.epochs:,} epochs")
    figures = (found.seconds, found.objective, named, found.weight, found.bias, done)
    return _score("nnlab, by gradient descent", data, *figures)


def _peer_machine(data: TrainingData, report: Report) -> MachineScore:
    """The same objective by coordinate ascent in the dual (liblinear)."""
    x, labels = (part.copy() for part in data.learning.gather(data.split.train))
    machine = fit_linear_svc(x, labels, _C, lambda: report("scikit-learn's LinearSVC", 0.6))
    report("judging both", 0.95)
    named = [
        np.concatenate([machine.predict(inputs) for inputs, _ in feed.chunks(index, _CHUNK)]) for feed, index in _parts(data)
    ]
    objective = hinge_objective(x, labels, *machine.lines_of(len(data.dataset.class_names)), _C)
    done = _end_text(machine.iterations < machine.most_iterations, f"{machine.iterations:,} iterations")
    figures = (machine.seconds, objective, named, machine.weight.T.copy(), machine.bias, done)
    return _score("scikit-learn, LinearSVC", data, *figures)


def _end_text(has_converged: bool, count: str) -> str:
    return f"{'' if has_converged else 'not '}converged after {count}"


def _parts(data: TrainingData) -> tuple[tuple[Feed, Index], tuple[Feed, Index]]:
    return (data.learning, data.split.train), (data.testing, data.test_index)


def _predicted(predict: object, feed: Feed, index: Index) -> Array:
    assert callable(predict)
    return np.concatenate([predict(inputs).argmax(axis=1) for inputs, _ in feed.chunks(index, _CHUNK)])


def _score(
    name: str,
    data: TrainingData,
    seconds: float,
    objective: float,
    named: list[Array],
    weight: Array,
    bias: Array,
    remark: str,
) -> MachineScore:
    classes = len(data.dataset.class_names)
    learned, held = (
        confusion_matrix(part.labels, labels, classes)
        for part, labels in zip((data.dataset.train, data.dataset.test), named, strict=True)
    )
    return MachineScore(name, seconds, accuracy(learned), held, weight, bias, remark, objective)
