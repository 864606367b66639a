"""Short training runs of any kind of model on a few handwritten digits: pictures of 8x8 that are always at hand."""

from functools import cache

import numpy as np

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.digits import load_digits
from nnlab.models.model import ModelSettings
from nnlab.training import TrainingData, TrainingRun, prepare_data
from tests.training.runs import training_settings


@cache
def _digits() -> Dataset:
    return load_digits()


def digits_data(count: int = 200, validation: float = 0.2, scaling: str = "unit") -> TrainingData:
    """The first digits, split and scaled, with as many test digits as validate."""
    whole = _digits()
    train = Examples(whole.train.inputs[:count], whole.train.labels[:count])
    test = Examples(whole.test.inputs[:40], whole.test.labels[:40])
    dataset = Dataset("digits", "A few digits", train, test, whole.targets)
    return prepare_data(dataset, DatasetSettings(validation=validation, scaling=scaling))


def digits_run(model: ModelSettings, data: TrainingData | None = None, **training: object) -> TrainingRun:
    """A run of this model on a few digits; the training settings by name."""
    data = data or digits_data()
    settings = training_settings({"batch_size": 20, "epochs": 2, "learning_rate": 0.05, "keep": "last"} | training)
    built = model.build(data.dataset.example_shape, data.dataset.targets, settings.seed)
    return TrainingRun(built, data, settings)


def finish_epoch(run: TrainingRun) -> None:
    """Step to the end of the present epoch."""
    while next(run).epoch_end is None:
        pass


def tensors(run: TrainingRun) -> dict[str, np.ndarray]:
    """Copies of all parameters by name."""
    parameters = run.model.parameters
    return {name: parameters.view(name).copy() for name in parameters.shapes}
