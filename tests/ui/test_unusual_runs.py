"""Every view on data and numbers nobody plans for: each shows a picture or a sentence, and can be exported."""

from collections.abc import Callable
from itertools import islice

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS, Layer
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.probes import Selection
from nnlab.targets import Classes
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from nnlab.ui.theme import DARK
from nnlab.ui.views import VIEWS, View
from nnlab.ui.views.inspector.inspector import InspectorView
from tests.ui.lone_view import LoneView, prepared_for

LONG = "an unusually long name of a class, with ünïcödé and 漢字 in it"


def pictures(shape: tuple[int, ...], classes: int, count: int = 60, fill: int | None = None) -> Dataset:
    """Pictures of noise, or of one grey."""
    values = np.random.default_rng(0).integers(0, 256, (2 * count, *shape), dtype=np.uint8)
    if fill is not None:
        values[...] = fill
    labels = np.arange(count, dtype=np.intp) % max(classes, 1)
    train, test = Examples(values[:count], labels), Examples(values[count:], labels)
    return Dataset("unusual", "Unusual", train, test, Classes.of(tuple(f"{number}" for number in range(classes))))


def table(columns: int, names: tuple[str, ...] = ("A", "B"), count: int = 60, scale: float = 1.0) -> Dataset:
    """Rows of numbers, the last ones for test."""
    values = np.random.default_rng(0).normal(scale=scale, size=(2 * count, columns)).astype(np.float32)
    labels = np.arange(count, dtype=np.intp) % max(len(names), 1)
    return Dataset(
        "unusual", "Unusual", Examples(values[:count], labels), Examples(values[count:], labels), Classes.of(names)
    )


DATA: dict[str, Callable[[], Dataset]] = {
    "black pictures": lambda: pictures((8, 8, 1), 3, fill=0),
    "one class": lambda: pictures((8, 8, 1), 1),
    "no classes": lambda: pictures((8, 8, 1), 0),
    "a thousand classes": lambda: pictures((4, 4, 1), 1000, count=1000),
    "one pixel": lambda: pictures((1, 1, 1), 2),
    "one row of pixels": lambda: pictures((1, 40, 1), 2),
    "colour": lambda: pictures((8, 8, 3), 3),
    "one example": lambda: pictures((8, 8, 1), 1, count=1),
    "two examples": lambda: pictures((8, 8, 1), 2, count=2),
    "one column": lambda: table(1),
    "huge numbers": lambda: table(2, scale=1e30),
    "long names": lambda: table(2, (LONG, LONG + "!")),
}


def layers_to(outputs: int, last: Layer, *before: Layer) -> tuple[Layer, ...]:
    return (*before, Dense(outputs), last)


def model_for(kind: str, dataset: Dataset) -> object:
    """The smallest model of this kind that fits the data; the autoencoder's code has one dimension."""
    size, classes = int(np.prod(dataset.example_shape)), max(len(dataset.class_names), 1)
    if kind == "mlp":
        return MODELS[kind](layers=layers_to(classes, Softmax(), Dense(4), LAYERS["tanh"]()))
    if kind == "cnn":
        layers = (Conv2D(3, kernel=1), ReLU(), Flatten())
        return MODELS[kind](layers=layers_to(classes, Softmax(), *layers))
    if kind == "autoencoder":
        return MODELS[kind](layers=layers_to(size, Sigmoid(), Dense(1), Code()))
    return MODELS[kind](**({"hidden": (4, 2)} if kind == "deep_belief" else {"hidden": 4} if kind == "rbm" else {}))


def run_on(dataset: Dataset, kind: str, steps: int = 2) -> tuple[TrainingRun, object]:
    """A run of a few steps, or fewer where it diverges."""
    data = prepare_data(dataset, DatasetSettings(validation=0.0))
    model = model_for(kind, dataset)
    built = model.build(dataset.example_shape, dataset.targets)
    run = TrainingRun(built, data, TrainingSettings(batch_size=16, learning_rate=1e-3, epochs=50))
    list(islice(run, steps))
    return run, model


def look_at_all(qtbot: QtBot, run: TrainingRun, model: object) -> None:
    """Each view that fits: drawn, painted, drawn again in the dark, selected in, and exported."""
    prepared = prepared_for(run, model)
    fitting: list[type[View]] = [InspectorView, *(row.make.load() for row in VIEWS.values() if row.fits(prepared))]
    assert len(fitting) >= 3
    for kind in fitting:
        lone = LoneView(qtbot, kind(), run, model, (720, 430))
        view = lone.view
        view.grab()
        lone.look()
        view.apply_theme(DARK)
        tensor, place = run.model.parameters.name_at(0)
        for selection in (
            Selection(layer=tensor.split(".")[0], unit=0, example=1, options=view.options),
            Selection(part="test", cell=(0, 0), weight=(tensor, place), options=view.options),
        ):
            lone.select(selection)
            view.grab()
            lengths = {len(values) for values in view.csv_columns().values()}
            assert len(lengths) == 1, kind.__name__
        QApplication.processEvents()


def fits(kind: str, name: str) -> bool:
    """A classifier needs classes, a convolution pictures."""
    if kind in ("mlp", "cnn", "linear_svm") and name in ("no classes", "one class", "one example"):
        return False
    return kind != "cnn" or DATA[name]().is_image


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name in DATA for kind in MODELS if fits(kind, name)])
def test_every_view_shows_unusual_data(qtbot: QtBot, name: str, kind: str) -> None:
    look_at_all(qtbot, *run_on(DATA[name](), kind))


@pytest.mark.parametrize("poison", [0.0, np.nan, np.inf, 1e38])
@pytest.mark.parametrize("kind", MODELS)
def test_every_view_shows_broken_numbers(qtbot: QtBot, kind: str, poison: float) -> None:
    run, model = run_on(pictures((6, 6, 1), 3), kind)
    run.model.parameters.values[...] = poison
    run.model.parameters.gradient[...] = poison
    look_at_all(qtbot, run, model)
