"""A training step in its stride allocates nothing of the size of a batch."""

import tracemalloc

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.targets import Classes
from nnlab.training import TrainingRun, prepare_data
from tests.targets import numbered
from tests.training.runs import training_settings

BATCH = 256
BATCH_BYTES = BATCH * 28 * 28 * 4


def run_of(loss: str, classes: int, **training: object) -> TrainingRun:
    rng = np.random.default_rng(0)
    labels = np.arange(8000) % classes
    examples = Examples(rng.integers(0, 256, (8000, 28, 28, 1)).astype(np.uint8), labels)
    dataset = Dataset("pictures", "Pictures", examples, examples, Classes.of(tuple(map(str, range(classes)))))
    data = prepare_data(dataset, DatasetSettings(scaling="standard"))
    fused = LOSSES[loss].fused_with
    last = [fused()] if fused else []
    model = Network((Dense(128), ReLU(), Dense(classes), *last), (784,), LOSSES[loss], numbered(classes))
    return TrainingRun(model, data, training_settings({"batch_size": BATCH, "learning_rate": 1e-4} | training))


@pytest.mark.parametrize(
    ("loss", "classes", "training"),
    [
        # With many classes the arrays of the loss would be noticed too.
        *((loss, classes, {}) for loss in LOSSES for classes in (10, 500)),
        *(("cross_entropy", 10, {"optimizer": optimizer, "l1": 1e-4, "l2": 1e-4}) for optimizer in OPTIMIZERS),
    ],
    ids=str,
)
def test_twenty_steps_allocate_far_less_than_one_batch(loss: str, classes: int, training: dict[str, object]):
    run = run_of(loss, classes, **training)
    for _ in range(3):
        next(run)
    tracemalloc.start()
    try:
        # All within one epoch: its end evaluates, and the next one's shuffle draws a new order.
        for _ in range(20):
            next(run)
        growth = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert run.epoch == 0
    assert growth < BATCH_BYTES / 10
