"""Small training runs for tests: on points in the plane, and on examples that carry their own number."""

from collections.abc import Sequence

import numpy as np

from nnlab.datasets import Dataset, DatasetSettings, Examples, load_dataset
from nnlab.experiments.checkpoint_file import checkpoint_parts
from nnlab.experiments.former_names import in_new_places
from nnlab.models import MLPSettings
from nnlab.models.arrays import Array
from nnlab.models.exchange import WHOLE_BATCH, Exchange
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.losses import LOSSES, BatchLoss
from nnlab.models.network import Network
from nnlab.targets import Classes
from nnlab.training import TrainingData, TrainingRun, TrainingSettings, prepare_data
from nnlab.training.checkpoint import Checkpoint

LAYERS = (Dense(6, initializer="xavier"), Tanh(), Dense(2), Softmax())


def toy_data(samples: int = 100, validation: float = 0.2, name: str = "moons") -> TrainingData:
    """Points in the plane, split and scaled."""
    settings = DatasetSettings({"kind": name, "samples": samples}, validation=validation)
    return prepare_data(load_dataset(settings), settings)


def value_run(**training: object) -> TrainingRun:
    """A run on the sine, whose targets are values."""
    settings = DatasetSettings("sine", scaling="standard")
    data = prepare_data(load_dataset(settings), settings)
    return toy_run(data, (Dense(6, initializer="xavier"), Tanh(), Dense(1)), "mean_squared_error", **training)


def toy_run(
    data: TrainingData | None = None,
    layers: Sequence[Layer] = LAYERS,
    loss: str = "cross_entropy",
    **training: object,
) -> TrainingRun:
    """A run on points in the plane; the training settings by name."""
    data = data or toy_data()
    settings = training_settings({"batch_size": 16, "epochs": 3} | training)
    model = MLPSettings(tuple(layers), loss).build(data.dataset.example_shape, data.dataset.targets, settings.seed)
    return TrainingRun(model, data, settings)


def training_settings(table: dict[str, object]) -> TrainingSettings:
    """As an experiment file would give them, short names included: momentum, decay, l2."""
    return TrainingSettings.from_table(in_new_places(table, TrainingSettings))


def numbered_data(count: int, validation: float = 0.0, classes: int = 2) -> TrainingData:
    """Examples whose only feature is their own number; the class follows from it."""
    inputs = np.arange(count, dtype=np.float32)[:, None]
    examples = Examples(inputs, np.arange(count, dtype=np.intp) % classes)
    # The test examples carry numbers that no training example has.
    test = Examples(inputs + 1_000_000, examples.labels)
    dataset = Dataset("numbered", "Numbered", examples, test, Classes.of(tuple("ABCDEF"[:classes])))
    return prepare_data(dataset, DatasetSettings(validation=validation, scaling="none"))


class RecordingNetwork(Network):
    """Remembers which numbered examples each step was given."""

    def __init__(self) -> None:
        self.seen: list[list[int]] = []
        super().__init__((Dense(2), Softmax()), (1,), LOSSES["cross_entropy"], Classes(("even", "odd")))

    def loss_and_gradient(self, inputs: Array, targets: Array, step: int = 0, exchange: Exchange = WHOLE_BATCH) -> BatchLoss:
        numbers = inputs[:, 0].astype(int).tolist()
        assert targets.tolist() == [number % 2 for number in numbers]
        self.seen.append(numbers)
        return super().loss_and_gradient(inputs, targets, step, exchange)


def numbered_run(count: int, validation: float = 0.0, **training: object) -> tuple[TrainingRun, RecordingNetwork]:
    """A run whose model writes down what it is shown."""
    model = RecordingNetwork()
    settings = training_settings({"batch_size": 4, "epochs": 2, "learning_rate": 1e-9} | training)
    return TrainingRun(model, numbered_data(count, validation), settings), model


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    """That a run goes on from both in the same way, bit for bit."""
    (vectors, facts), (others, other_facts) = checkpoint_parts(one), checkpoint_parts(other)
    assert facts == other_facts
    for name, vector in {**vectors, **vars(one.numbers)}.items():
        assert vector.tobytes() == {**others, **vars(other.numbers)}[name].tobytes(), name
    assert vectors.keys() == others.keys()
