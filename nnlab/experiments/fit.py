"""Whether an experiment can run on its data: shapes, batches and memory, found out before anything is built."""

from nnlab.datasets import Dataset
from nnlab.errors import ShapeError
from nnlab.experiments.experiment import Experiment
from nnlab.memory import total_memory
from nnlab.training.evaluation import portion_size
from nnlab.training.loop import LARGEST_PART

# Values, gradient, two kept copies, the sum over parts, and what a step puts aside; the optimizer's vectors come besides.
_COPIES = 6
_BYTES = 4
# The rest is for the data, the window, and the system.
_USABLE = 0.8


def check_fit(experiment: Experiment, dataset: Dataset) -> None:
    """Raise ShapeError, in a sentence that says what to change, where the experiment cannot run on this data."""
    shape, classes = dataset.example_shape, len(dataset.class_names)
    experiment.model.check(shape, classes)
    learning = max(len(dataset.train) - round(experiment.dataset.validation * len(dataset.train)), 1)
    batch = experiment.training.effective_batch_size(learning)
    if batch < (needed := experiment.model.smallest_batch(shape)):
        raise ShapeError(
            f"batch_norm: a batch of {batch} example has no variance to normalise by; it takes at least {needed}, so set "
            "training.batching = 'mini-batch' and a larger training.batch_size"
        )
    step, room = step_bytes(experiment, shape, classes, batch), _USABLE * total_memory()
    if step > room:
        whole = " A batch that normalisation or sparsity looks at goes through whole." if batch > LARGEST_PART else ""
        raise ShapeError(
            f"a step at batch size {batch:,} would take about {step / 1e9:,.1f} GB of memory, and there are "
            f"{room / 1e9:,.1f} GB for it; use a smaller batch, fewer units or filters, or smaller pictures.{whole}"
        )


def step_bytes(experiment: Experiment, example_shape: tuple[int, ...], classes: int, batch: int) -> int:
    """About so much memory a training step takes, and the evaluation at the end of an epoch."""
    model = experiment.model
    vectors = len(experiment.training.optimizer_rule().vectors) + 1
    held = model.held_numbers(example_shape, classes)
    part = batch if model.mixes_examples else min(batch, LARGEST_PART)
    examples = max(part, portion_size(held))
    return _BYTES * (model.parameter_count(example_shape, classes) * (_COPIES + vectors) + held * examples)
