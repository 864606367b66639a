"""What is offered for an experiment that cannot run makes it run, and is the smallest thing that does."""

from dataclasses import replace

import pytest

from nnlab.datasets import Dataset
from nnlab.errors import NnlabError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.experiments.fit import check_fit
from nnlab.experiments.mending import mending_of
from nnlab.models import MODELS, MLPSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Flatten
from nnlab.models.layers.sparsity import KLSparsity
from nnlab.resources import resource

DIGITS = load_experiment(resource("examples", "digits-mlp.toml"))
SINE = load_experiment(resource("examples", "sine.toml"))
HIDDEN: tuple[Layer, ...] = (Dense(16), ReLU())


def mlp(*layers: Layer, **settings: object) -> Experiment:
    return replace(DIGITS, model=MLPSettings(layers, **settings))


def cnn(*layers: Layer) -> Experiment:
    return replace(DIGITS, model=CNNSettings(layers))


CASES: dict[str, tuple[Experiment, str]] = {
    "the end is missing": (mlp(*HIDDEN, Dense(10)), "Add Softmax"),
    "another end": (mlp(*HIDDEN, Dense(10), Sigmoid()), "Replace Sigmoid by Softmax"),
    "too few outputs": (mlp(*HIDDEN, Dense(7), Softmax()), "Give the last layer 10 units"),
    "the layer of outputs was taken out": (mlp(*HIDDEN, Softmax()), "Add Dense 10"),
    "no outputs": (mlp(*HIDDEN), "Add Dense 10 and Softmax"),
    "margins of probabilities": (mlp(*HIDDEN, Dense(10), Softmax(), loss="hinge"), "Take Softmax out"),
    "pictures before the end": (cnn(Conv2D(4), ReLU(), Dense(10), Softmax()), "Add Flatten before layer 3"),
    "pictures before what is charged by units": (
        cnn(Conv2D(4), Sigmoid(), KLSparsity(), Dense(10), Softmax()),
        "Add Flatten before layer 3",
    ),
    "pictures before a block of units": (
        cnn(Conv2D(4), ReLU(), Parallel(((Dense(4),), (Dense(6),))), Softmax()),
        "Add Flatten before layer 3",
    ),
    "a kernel larger than the picture": (
        cnn(Conv2D(4, kernel=11), ReLU(), Flatten(), Dense(10), Softmax()),
        "Make layer 1 Conv 4",
    ),
    "a patch larger than the picture": (cnn(MaxPool2D(size=30), Flatten(), Dense(10), Softmax()), "Make layer 1 Max pool 8"),
    "a batch of one to normalise": (
        replace(
            mlp(Dense(8), BatchNorm(), Dense(10), Softmax()),
            training=replace(DIGITS.training, batch_size=1),
        ),
        "Use batches of 2",
    ),
    "classes are to be told of values": (
        replace(SINE, model=MLPSettings((Dense(8), ReLU(), Dense(2), Softmax()))),
        "Use the loss mean squared error",
    ),
    "a machine that tells classes apart, of values": (
        replace(SINE, model=MODELS["linear_svm"]()),
        "Use the model multi-layer perceptron",
    ),
}


@pytest.fixture(scope="module")
def loaded() -> dict[str, Dataset]:
    return {one.name: load_data(one.dataset, []) for one in (DIGITS, SINE)}


@pytest.mark.parametrize("case", CASES)
def test_what_is_offered_makes_it_run(case: str, loaded: dict[str, Dataset]) -> None:
    experiment, words = CASES[case]
    dataset = loaded[experiment.name]
    with pytest.raises(NnlabError):
        check_fit(experiment, dataset)
    mending = mending_of(experiment, dataset)
    assert mending is not None
    assert mending.words.startswith(words)
    check_fit(mending.experiment, dataset)


def test_labels_that_are_to_be_falsified_where_there_are_none(loaded: dict[str, Dataset]) -> None:
    experiment = replace(SINE, dataset=replace(SINE.dataset, label_noise=0.1))
    mending = mending_of(experiment, loaded["sine"])
    assert mending is not None and mending.words == "Turn label noise off"
    assert mending.experiment.dataset.label_noise == 0


def test_too_much_memory_is_mended_by_the_largest_batch_that_fits(
    loaded: dict[str, Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nnlab.experiments.fit import step_bytes

    experiment = mlp(Dense(64), BatchNorm(), ReLU(), Dense(10), Softmax())
    experiment = replace(experiment, training=replace(experiment.training, batch_size=1024))
    dataset = loaded["digits-mlp"]

    def needed(batch: int) -> int:
        return step_bytes(experiment, dataset.example_shape, dataset.targets, batch)

    monkeypatch.setattr("nnlab.experiments.fit.total_memory", lambda: (needed(300)) / 0.8)
    mending = mending_of(experiment, dataset)
    assert mending is not None and mending.words == "Use batches of 256"


def test_where_no_single_change_helps_nothing_is_offered(loaded: dict[str, Dataset]) -> None:
    from nnlab.experiments import mending

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mending, "check_fit", lambda *_: (_ for _ in ()).throw(NnlabError("no")))
        assert mending_of(mlp(Dense(3)), loaded["digits-mlp"]) is None
