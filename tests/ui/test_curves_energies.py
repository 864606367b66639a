"""Curves of a Boltzmann machine have the gap between its free energies, by which it is seen whether it overfits."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from nnlab.models.rbm_settings import RBMSettings
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.curves.overlaid_run import OverlaidRun
from nnlab.ui.views.curves.reading import ENERGY_GAP
from nnlab.words import figure
from tests.ui.conftest import Driver, example


@pytest.fixture
def machine(driver: Driver) -> MainWindow:
    experiment = replace(example("digits-mlp", epochs=3, optimizer="sgd"), model=RBMSettings(hidden=8))
    window = driver.open(experiment)
    assert list(window.curves.panels) == ["loss", "free_energy"]
    driver.finish(window)
    window.curves.redraw()
    return window


def test_before_the_first_epoch_ends_words_say_what_will_come(driver: Driver) -> None:
    window = driver.open(replace(example("digits-mlp", epochs=3, optimizer="sgd"), model=RBMSettings(hidden=8)))
    curves = window.curves
    window.run_bar.batch.click()
    driver.wait_for(lambda: window.session.progress.step == 1)
    driver.settle(window)
    curves.redraw()
    said = curves.panels.said_of_energy
    assert said.isVisible() and "when an epoch ends" in said.text()
    # A line needs two ends.
    assert curves.said.isVisible() and "from the second one on" in curves.said.text()
    # In its own plot.
    box = curves.panels["free_energy"].plot.getViewBox().sceneBoundingRect()
    assert box.contains(curves.canvas.mapToScene(said.geometry().center()))
    window.run_bar.epoch.click()
    driver.wait_for(lambda: curves.panels["free_energy"].lines.validation.size)
    assert said.isHidden() and curves.said.isHidden()


def test_the_gap_is_drawn_at_the_ends_of_epochs_and_both_energies_are_told(machine: MainWindow) -> None:
    curves, energies = machine.curves, machine.session.history.energies
    panel = curves.panels["free_energy"]
    gap = energies["validation_free_energy"].values - energies["train_free_energy"].values
    assert panel.plot.getAxis("left").labelText == ENERGY_GAP and not panel.is_log
    np.testing.assert_array_equal(panel.lines.validation, gap)
    np.testing.assert_array_equal(panel.lines.ends, [1, 2, 3])
    low, high = panel.plot.getViewBox().viewRange()[1]
    assert low <= min(gap.min(), 0) and high >= max(gap.max(), 0)
    box = curves.panels["loss"].plot.getViewBox()
    curves._hover(box.mapViewToScene(QPointF(2.5, box.viewRange()[1][0])))
    told = curves.readout.text()
    assert f"{ENERGY_GAP}: validation {figure(gap[1])}" in told
    train, validation = (figure(energies[f"{part}_free_energy"].values[1], 5) for part in ("train", "validation"))
    assert f"free energy {train} train, {validation} validation" in told


def test_the_table_behind_the_curves_has_both(machine: MainWindow) -> None:
    table, energies = machine.curves.csv_columns(), machine.session.history.energies
    for part in ("train", "validation"):
        column = table[f"epoch_{part}_free_energy"]
        assert [value for value in column if value != ""] == energies[f"{part}_free_energy"].values.tolist()


def test_another_machine_lies_under_it_and_other_models_have_no_such_plot(machine: MainWindow, driver: Driver) -> None:
    curves = machine.curves
    run = OverlaidRun(7, "other", "", QColor("red"), machine.session.history.copy(), curves._present)
    curves.show_runs([run], None)
    (line,) = curves.panels["free_energy"].overlaid.shown
    np.testing.assert_array_equal(line.lines.validation, curves.panels["free_energy"].lines.validation)
    classifier = driver.open(example("digits-mlp", epochs=1))
    assert list(classifier.curves.panels) == ["loss", "score"]
    assert "epoch_train_free_energy" not in classifier.curves.csv_columns()
