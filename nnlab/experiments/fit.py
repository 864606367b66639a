"""Whether an experiment can run on its data: shapes, batches and memory, found out before anything is built."""

from nnlab.datasets import Dataset
from nnlab.datasets.preparation import check_label_noise
from nnlab.errors import ShapeError
from nnlab.experiments.experiment import Experiment
from nnlab.memory import total_memory
from nnlab.targets import Targets
from nnlab.training.batch_gradient import LARGEST_PART

# Values, gradient, two kept copies, the sum over parts, and what a step puts aside; the optimizer's vectors come besides.
_COPIES = 6
# Of a number.
BYTES = 4
# What nnlab reads of a model file: parameters, optimizer's vectors, and two kept copies.
_LARGEST_FILE, _FILE_COPIES = 4 << 30, 3
# The rest is for the data, the window, and the system.
_USABLE = 0.8


def check_fit(experiment: Experiment, dataset: Dataset) -> None:
    """Raise ShapeError or DatasetError, in a sentence that says what to change, where the experiment cannot run on it."""
    check_label_noise(dataset, experiment.dataset.label_noise)
    shape, targets = dataset.example_shape, dataset.targets
    experiment.model.check(shape, targets)
    batch = batch_of(experiment, dataset)
    if batch < (needed := experiment.model.smallest_batch(shape)):
        mini = experiment.training.batching == "mini-batch"
        what = f"training.batch_size to {needed} or more" if mini else "training.batching to mini-batch"
        raise ShapeError(f"batch_norm: a batch of {batch} example has no variance to normalise by; set {what}")
    _check_file(experiment, experiment.model.parameter_count(shape, targets))
    step, room = step_bytes(experiment, shape, targets, batch), _USABLE * total_memory()
    if step > room:
        whole = " A batch that normalisation or sparsity looks at goes through whole." if batch > LARGEST_PART else ""
        raise ShapeError(
            f"a step at batch size {batch:,} would take about {step / 1e9:,.1f} GB of memory, and there are "
            f"{room / 1e9:,.1f} GB for it; use a smaller batch, fewer units or filters, or smaller pictures.{whole}"
        )


def batch_of(experiment: Experiment, dataset: Dataset) -> int:
    """How many examples a step learns from."""
    learning = max(len(dataset.train) - round(experiment.dataset.validation * len(dataset.train)), 1)
    return experiment.training.effective_batch_size(learning)


def passing_at_once(experiment: Experiment, batch: int) -> int:
    """How many of them go through the model together."""
    return batch if experiment.model.mixes_examples else min(batch, LARGEST_PART)


def _check_file(experiment: Experiment, parameters: int) -> None:
    size = BYTES * parameters * (_FILE_COPIES + len(experiment.training.optimizer.vectors))
    if size > _LARGEST_FILE:
        raise ShapeError(
            f"the model of {parameters:,} parameters would be saved in {size / 1e9:,.1f} GB, and nnlab opens files of up to "
            f"{_LARGEST_FILE / 1e9:,.1f} GB; use fewer units, or an optimizer with fewer vectors, such as sgd"
        )


def step_bytes(experiment: Experiment, example_shape: tuple[int, ...], targets: Targets, batch: int) -> int:
    """About so much memory a training step takes; what evaluates examples takes as many of them as fit."""
    model = experiment.model
    vectors = len(experiment.training.optimizer.vectors) + 1
    held = model.held_numbers(example_shape, targets)
    part = passing_at_once(experiment, batch)
    return BYTES * (model.parameter_count(example_shape, targets) * (_COPIES + vectors) + held * part)
