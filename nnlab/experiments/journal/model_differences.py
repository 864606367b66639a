"""How two runs differ in what they have learned, after their last steps: in weights, and in what they take for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.datasets.words import listed
from nnlab.errors import ShapeError
from nnlab.experiments.journal.replay import check_own, run_at
from nnlab.experiments.journal.state_differences import State, differing_numbers, misfit_of
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.tensor_differences import TensorDifference
from nnlab.experiments.model_file import load_model
from nnlab.models.arrays import Array
from nnlab.models.confusion import Confusion
from nnlab.report import Report, silent
from nnlab.training.evaluation import evaluate


def weight_differences(store: RunStore, first: int, second: int) -> tuple[TensorDifference, ...]:
    """Of the two models as they were written last, tensor by tensor; of their data nothing is needed.

    Raises ShapeError where their tensors are not the same ones, ModelFileError where a snapshot cannot be read.
    """
    records = [store.run(number) for number in (first, second)]
    for record in records:
        check_own(record)
    saved = [load_model(store.snapshot_path(record.number, record.step)) for record in records]
    states = [State(one.model, one.checkpoint, one.experiment) for one in saved]
    if reason := misfit_of(states[0], states[1], (f"run {first:,}", f"run {second:,}")):
        raise ShapeError(reason)
    return differing_numbers(states[0], states[1])


@dataclass(frozen=True, eq=False)
class Classified:
    """Which classes a run takes for which, in a part of its data; `matrix` has the true class by row (classes, classes)."""

    number: int
    part: str
    class_names: tuple[str, ...]
    matrix: Array


def classified(store: RunStore, number: int, folders: Sequence[Path], report: Report = silent) -> Classified:
    """A run after its last step, on its validation examples, or on the test examples where none were held back.

    Raises ShapeError where it tells no classes apart, or too many.
    """
    record = store.run(number)
    run = run_at(store, record, record.step, folders, report).run
    data = run.data
    parts = (("validation", data.learning, data.split.validation), ("test", data.testing, data.test_index))
    part, feed, index = next((each for each in parts if len(each[2])), ("train", data.learning, data.split.train))
    report(f"testing run {number:,}", float("nan"))
    with np.errstate(all="ignore"):
        tally = evaluate(run.model, feed, index, data.dataset.targets).tally
    if not isinstance(tally, Confusion) or not tally.total:
        raise ShapeError(f"run {number:,} tells no classes apart")
    return Classified(number, part, data.dataset.class_names, tally.matrix())


def confusion_difference(first: Classified, second: Classified) -> Array:
    """(classes, classes): how many examples more of one class the second takes for another than the first.

    Raises ShapeError where they do not speak of the same classes, and of as many examples of each.
    """
    if first.class_names != second.class_names:
        raise ShapeError(
            f"run {first.number:,} tells apart {listed(first.class_names)}, "
            f"and run {second.number:,} {listed(second.class_names)}"
        )
    if first.part != second.part or not np.array_equal(first.matrix.sum(axis=1), second.matrix.sum(axis=1)):
        raise ShapeError(f"run {first.number:,} and run {second.number:,} were not tested on as many examples of each class")
    return second.matrix - first.matrix
