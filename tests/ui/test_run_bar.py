"""The toolbar: the figure everybody looks for is called what it is, and has room."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.rbm_settings import RBMSettings
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import Progress
from tests.ui.conftest import Driver, example

MACHINE = RBMSettings(hidden=20)
CODER = AutoencoderSettings((Dense(4), Code(), Dense(64), Sigmoid()))


def finished(driver: Driver, model: object, validation: float) -> MainWindow:
    experiment = example("digits-mlp", epochs=2)
    dataset = replace(experiment.dataset, validation=validation)
    window = driver.open(replace(experiment, model=model, dataset=dataset))
    driver.finish(window)
    return window


@pytest.mark.parametrize("validation", [0.1, 0.0])
@pytest.mark.parametrize(("model", "name"), [(MACHINE, "reconstruction error"), (CODER, "loss")], ids=["rbm", "autoencoder"])
def test_an_rbm_has_a_reconstruction_error_and_no_loss(driver: Driver, model: object, name: str, validation: float) -> None:
    window = finished(driver, model, validation)
    bar, run = window.run_bar, window.session._link.worker._run
    assert bar._caption.text() == f"{'validation' if validation else 'training'} {name}"
    assert bar._figure.text() == f"{run.best.validation.loss if validation else run.best.train_loss:.4f}"
    assert ("per visible unit" in bar._caption.toolTip()) == (name != "loss")
    if not validation and run.kept_epoch < run.epoch:
        assert bar.line.where.text() == f"complete: model of epoch {run.kept_epoch} (lowest training {name})"


@pytest.mark.parametrize("width", [960, 1280])
def test_a_long_caption_takes_no_button_away(driver: Driver, width: int) -> None:
    window = finished(driver, MACHINE, 0.1)
    window.resize(width, 800)
    bar = window.run_bar
    progress = window.session.progress
    bar.show_progress(replace(progress, moment=replace(progress.moment, is_edited=True)))
    QApplication.processEvents()
    assert bar._caption.text().endswith("error before the edit")
    for widget in (bar.reset, bar.run, bar.batch, bar.epoch, bar._figure, bar.theme, bar.runs, bar.inspector):
        assert widget.isVisible() and bar.rect().contains(widget.geometry())
    assert bar._caption.shown.startswith("validation")


def test_a_caption_is_told_whole_or_left_out(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=1))
    driver.finish(window)
    bar = window.run_bar
    shown = set()
    for width in range(150, 0, -5):
        bar._caption.resize(width, bar._caption.height())
        shown.add(bar._caption.shown)
    assert shown == {"validation accuracy", "validation", ""}
    assert bar._figure.toolTip() == "validation accuracy"


def test_before_the_first_epoch_there_is_no_figure(driver: Driver) -> None:
    window = driver.open(replace(example("digits-mlp"), model=MACHINE))
    window.run_bar.show_progress(Progress())
    assert window.run_bar._caption.text() == window.run_bar._caption.toolTip() == ""


def test_the_curves_call_it_the_same(driver: Driver) -> None:
    curves = finished(driver, MACHINE, 0.1).curves
    plot = curves.panels["loss"].plot
    assert plot.getAxis("left").labelText == "reconstruction error"
    curves._hover(plot.sceneBoundingRect().bottomRight() - QPointF(2, 2))
    assert "reconstruction error: " in curves.readout.text() and ", validation 0." in curves.readout.text()
    assert "loss" not in curves.readout.text()
