"""Values instead of classes in the window: views that need classes stay away, the others show what there is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import load_model, save_model
from nnlab.models import MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.rbm_settings import RBMSettings
from nnlab.targets import Values
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from tests.ui.conftest import Driver, example
from tests.ui.test_unusual_runs import look_at_all

COUNT = 60
SHAPES = {"curve": (1,), "plane": (2,), "table": (5,), "pictures": (8, 8, 1)}
NEEDING_CLASSES = {"confusion", "boundary", "latent_svm"}


def with_values(shape: tuple[int, ...], values: int) -> Dataset:
    """Random examples, and values that follow from them."""
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 256, (COUNT, *shape)).astype(np.uint8) if len(shape) == 3 else rng.normal(size=(COUNT, *shape))
    flat = inputs.reshape(COUNT, -1).astype(float)
    targets = flat @ rng.normal(size=(flat.shape[1], values)) * 1000
    part = Examples(inputs if len(shape) == 3 else inputs.astype(np.float32), targets)
    return Dataset("values", "Values", part, part, Values(tuple(f"value {place}" for place in range(values))))


def model_for(kind: str, shape: tuple[int, ...], values: int):
    """A small model of this kind."""
    end, size = Dense(values), int(np.prod(shape))
    return {
        "mlp": MLPSettings((Dense(6), Tanh(), end), "mean_squared_error"),
        "cnn": CNNSettings((Conv2D(3), ReLU(), Flatten(), end), "huber"),
        "autoencoder": AutoencoderSettings((Dense(2), Tanh(), Code(), Dense(size))),
        "rbm": RBMSettings(hidden=4, visible_units="gaussian"),
    }[kind]


CASES = [
    (kind, name) for name in SHAPES for kind in ("mlp", "cnn", "autoencoder", "rbm") if kind != "cnn" or name == "pictures"
]


@pytest.mark.parametrize("values", [1, 3])
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_view_that_fits_shows_data_with_values(qtbot: QtBot, kind: str, name: str, values: int) -> None:
    dataset = with_values(SHAPES[name], values)
    settings = model_for(kind, SHAPES[name], values)
    data = prepare_data(dataset, DatasetSettings(validation=0.2, scaling="standard"))
    run = TrainingRun(
        settings.build(dataset.example_shape, dataset.targets), data, TrainingSettings(batch_size=16, epochs=2)
    )
    for _ in run:
        pass
    look_at_all(qtbot, run, settings)


def on_the_sine(experiment: Experiment) -> Experiment:
    return replace(experiment, dataset=DatasetSettings("sine"))


@pytest.mark.parametrize("start", ["sine", "digits-mlp", "xor"])
def test_the_sine_is_learned_in_the_window_whatever_stood_there_before(driver: Driver, start: str) -> None:
    window = driver.open(example(start, epochs=3))
    with driver.qtbot.waitSignal(window.session.prepared, timeout=60_000):
        if start == "sine":
            window.session.reset()
        else:
            window.session.edit(on_the_sine(window.session.experiment))
    assert not window.session.problem and window.notice.text == ""
    assert window.dataset_panel._facts.text().replace("−", "-").startswith("1 number · y -1")
    driver.finish(window)
    assert not NEEDING_CLASSES & set(window.stage._fitting)
    assert window.run_bar._caption.text() == "validation R²"
    run = window.session._link.worker._run
    assert window.run_bar._figure.text() == f"{run.best.validation.score:.3f}"
    panel = window.curves.panels["score"]
    assert panel.plot.isVisible() and panel.plot.getAxis("left").labelText == "R²"
    driver.wait_for(lambda: len(panel.lines.validation) == 3)
    box = window.curves.panels["loss"].plot.getViewBox()
    window.curves._hover(box.mapViewToScene(QPointF(3.0, box.viewRange()[1][0])))
    said = window.curves.readout.text()
    assert "R²: batch " in said and "nan" not in said and said.count(", validation ") == 2
    # Every step has a score, and not only the ends of epochs.
    scores = window.session.history.steps["r2"].values
    assert np.isfinite(scores).all() and panel.raw.yData is not None and len(panel.raw.yData) >= len(scores)
    columns = window.curves.csv_columns()
    assert {"r2", "epoch_validation_r2"} <= set(columns)


def test_the_inspector_tells_what_is_predicted_in_the_datas_own_units(driver: Driver) -> None:
    window = driver.open(example("sine", epochs=3))
    driver.finish(window)
    window.docks[2].show()
    driver.wait_for(lambda: window.inspector.answer is not None and not window.inspector.panels["example"].isHidden())
    driver.settle(window)
    ((name, true, predicted),) = window.inspector.answer.values
    data = window.session._link.worker._run.data
    assert name == "y" and true == pytest.approx(data.dataset.train.targets[data.split.validation[0], 0], rel=1e-5)
    assert abs(predicted) < 2


def test_examples_with_values_can_be_looked_through_and_the_model_saved(driver: Driver, tmp_path: Path) -> None:
    window = driver.open(example("sine", epochs=2))
    driver.finish(window)
    window.browsing.open()
    window.browsing.browser.grab()
    path, shown = tmp_path / "sine.safetensors", window.session.history
    save_model(path, window.session._link.worker._run, window.session.experiment, {}, shown)
    history = load_model(path).history
    assert history.score.name == "r2"
    np.testing.assert_array_equal(history.epochs["validation_r2"].values, shown.epochs["validation_r2"].values)
    assert len(history.epochs["validation_r2"]) == 2


def test_label_noise_is_hidden_where_there_are_no_labels_and_refused_where_it_was_chosen(driver: Driver) -> None:
    window = driver.open(example("sine", epochs=1))
    session, form = window.session, window.dataset_panel._form
    form.section("Preparation").click()
    assert not form.editor("label_noise").isVisible() and form.editor("classes").isVisible()
    with driver.qtbot.waitSignal(session.situation_changed, timeout=60_000):
        session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, label_noise=0.4)))
    assert session.problem.startswith("dataset.label_noise: ") and form.editor("label_noise").isVisible()
    with driver.qtbot.waitSignal(session.situation_changed, timeout=60_000):
        session.edit(replace(session.experiment, dataset=replace(session.experiment.dataset, label_noise=0.0)))
    assert not session.problem and not form.editor("label_noise").isVisible()
