"""What the curves say is so: phases apart, seconds that were measured, and axes that mean what they are called."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.model import phase_at
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training.history import History
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.curves.smoothing import smoothed
from tests.ui.conftest import Driver, example


def test_another_theme_leaves_the_numbers_of_the_first_epoch_alone(digits: MainWindow, driver: Driver) -> None:
    for number in (1, 2, 3):
        digits.run_bar.batch.click()
        driver.wait_for(lambda number=number: digits.session.progress.step == number)
    driver.settle(digits)
    digits.curves.redraw()
    axis = digits.curves.panels["loss"].plot.getAxis("bottom")
    for theme in ("dark", "light"):
        digits.appearance.choose(theme)
        QApplication.processEvents()
        assert axis.labelText == "epoch" and axis.autoSIPrefixScale == 1
        labels = [
            panel.plot.getAxis(side).labelString() for panel in digits.curves.panels.values() for side in ("left", "bottom")
        ]
        assert not [label for label in labels if "(x" in label]
        written = [float(text) for text in axis.tickStrings([0.02, 0.04], axis.autoSIPrefixScale * axis.scale, 0.02)]
        assert written == [0.02, 0.04]


def test_curves_lie_over_the_seconds_that_training_took(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    curves, history = digits.curves, digits.session.history
    curves.controls.choose_axis("seconds")
    panel = curves.panels["loss"]
    x, _ = panel.raw.getOriginalDataset()
    np.testing.assert_array_equal(x, history.seconds_after(history.steps["step"].values))
    assert panel.plot.getAxis("bottom").labelText == "seconds of training" and not panel.plot.getAxis("bottom").whole
    ends, _ = panel.epochs.line.getOriginalDataset()
    np.testing.assert_array_equal(ends, history.seconds_after(history.epochs["step"].values))
    assert panel.star.getData()[0][0] in ends
    assert panel.plot.getViewBox().viewRange()[0][1] >= digits.session.progress.seconds
    box = panel.plot.getViewBox()
    curves._hover(box.mapViewToScene(QPointF((x[39] + x[40]) / 2, box.viewRange()[1][0])))
    assert curves.readout.text().startswith(f"batch 41 · epoch 1.00 · {x[40]:.1f} s")


def test_steps_whose_time_nobody_knows_are_not_drawn_over_seconds(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    for column in digits.session.history.times.values():
        column.restore(np.empty(0), 1, np.empty(0))
    digits.curves.controls.choose_axis("seconds")
    said = digits.curves.said
    assert said.isVisible() and "not known" in said.text() and not len(digits.curves.panels["loss"].lines.x)
    digits.curves.controls.choose_axis("epochs")
    assert not said.isVisible() and len(digits.curves.panels["loss"].lines.x)


STACK = DeepBeliefSettings(hidden=(24, 8), pretrain_epochs=2)


def test_phases_of_a_stack_are_its_machines_and_the_whole() -> None:
    assert [(phase.epoch, phase.name) for phase in STACK.phases] == [(0, "RBM 1"), (2, "RBM 2"), (4, "fine-tuning")]
    assert [phase_at(STACK.phases, done).name for done in (0.0, 2.0, 2.1, 4.0, 4.5, 9)] == [
        *("RBM 1", "RBM 1", "RBM 2", "RBM 2", "fine-tuning", "fine-tuning")
    ]
    assert RBMSettings().phases[0].axis_title == "reconstruction error"
    assert [phase.name for phase in replace(STACK, pretrain_epochs=0).phases] == ["fine-tuning"]


def best_of_phase(driver: Driver, window: MainWindow, epoch: int) -> list[float]:
    """Train that epoch; where the star stands. Behind the last of a phase the next one begins without one."""
    curves, panel = window.curves, window.curves.panels["loss"]
    window.run_bar.epoch.click()
    driver.wait_for(lambda: window.session.progress.step == 41 * epoch)
    driver.wait_for(lambda: not window.session.progress.is_running)
    driver.settle(window)
    curves.redraw()
    star: list[float] = panel.star.getData()[0].tolist()
    if epoch in (2, 4):
        # The first step of a phase has no best of its own yet.
        window.run_bar.batch.click()
        driver.wait_for(lambda: window.session.progress.step == 41 * epoch + 1)
        driver.settle(window)
        curves.redraw()
        assert len(panel.star.getData()[0]) == 0
    return star


def test_pretraining_and_fine_tuning_are_told_apart(driver: Driver) -> None:
    experiment = replace(example("digits-mlp", epochs=6, optimizer="sgd"), model=STACK)
    window = driver.open(experiment)
    curves, panel = window.curves, window.curves.panels["loss"]
    stars = [best_of_phase(driver, window, epoch) for epoch in range(1, 7)]
    assert [line.isVisible() for line in panel.marks.lines] == [True, True]
    assert [line.pos().x() for line in panel.marks.lines] == [2, 4]
    assert [line.label.format for line in panel.marks.lines] == ["RBM 2", "fine-tuning"]
    assert all(stars) and stars[1][0] <= 2 and 2 < stars[3][0] <= 4 < stars[5][0]
    # What the machines lower is not the loss of the whole: neither lies on the other's axis.
    machines = curves.panels["pretraining"]
    assert list(curves.panels) == ["loss", "pretraining"]
    titles = [shown.plot.getAxis("left").labelText for shown in curves.panels.values()]
    assert titles == ["loss", "reconstruction error"]
    assert not len(machines.lines.validation) and len(panel.lines.validation) == 6
    # No average is taken over two phases.
    losses = window.session.history.steps["loss"].values
    done = window.session.history.steps["epoch"].values
    parts = zip(np.split(done, [82, 164]), np.split(losses, [82, 164]), (0, 2, 4), strict=True)
    first, second, last = (smoothed(*part, curves.controls.width, start) for *part, start in parts)
    np.testing.assert_allclose(machines.lines.mean, np.concatenate([first, second]))
    np.testing.assert_allclose(panel.lines.mean, last)
    assert second[0] == losses[82] and second[1] == pytest.approx(losses[82:85].mean())
    # No line leads from one to the next.
    drawn = machines.raw.getOriginalDataset()[1]
    assert np.flatnonzero(np.isnan(drawn)).tolist() == [82]
    np.testing.assert_array_equal(drawn[~np.isnan(drawn)], losses[:164])
    box = panel.plot.getViewBox()
    hovered = []
    for x in (0.5, 1.5, 5.5):
        curves._hover(box.mapViewToScene(QPointF(x, box.viewRange()[1][0])))
        hovered.append(re.sub(r"[\d.,]+", "", curves.readout.text()).split("\n"))
    assert [lines[0].split(" · ")[-1] for lines in hovered] == ["RBM ", "RBM ", "fine-tuning"]
    assert hovered[0][1] == "reconstruction error: batch  train " and not any("loss" in line for line in hovered[0])
    assert hovered[1][1:3] == ["loss: validation ", "reconstruction error: batch  train "]
    assert hovered[2][1] == "loss: batch  train  validation " and not any("error" in line for line in hovered[2])
    # Another model has one phase.
    curves.begin(History(), True)
    assert list(curves.panels) == ["loss", "score"]
    assert not any(line.isVisible() for line in panel.marks.lines) and isinstance(curves, CurvesView)
