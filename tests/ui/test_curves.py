"""What the curves say is so: an average that does not lag, phases apart, and axes that mean what they are called."""

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


@pytest.mark.parametrize("width", [3, 39, 199])
def test_a_straight_curve_stays_what_it_is_from_the_first_to_the_last_number(width: int) -> None:
    line = 5.0 - 0.004 * np.arange(1000)
    np.testing.assert_allclose(smoothed(line, width), line, atol=1e-9)


def test_an_average_is_of_the_numbers_around_and_does_not_lag() -> None:
    noise = np.random.default_rng(0).normal(size=2000)
    falling = np.exp(-np.arange(2000) / 300)
    smooth = smoothed(falling + 0.1 * noise, 39)
    assert smooth[500] == pytest.approx((falling + 0.1 * noise)[481:520].mean())
    # The moving average of past numbers was too high everywhere; this one is so nowhere, and quieter than the noise.
    assert abs((smooth - falling)[:400].mean()) < 0.015 and abs((smooth - falling)[-400:].mean()) < 0.015
    assert np.std((smooth - falling)[100:-100]) < 0.1 / 5


def test_a_step_is_seen_where_it_is() -> None:
    smooth = smoothed(np.repeat([1.0, 0.0], 500), 39)
    assert smooth[480] == 1 and smooth[520] == 0 and smooth[499] + smooth[500] == pytest.approx(1)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 7])
def test_few_numbers_are_shown_as_they_are(count: int) -> None:
    values = np.random.default_rng(0).normal(size=count)
    np.testing.assert_array_equal(smoothed(values, 1999), values)


def test_an_average_leaves_neither_the_range_nor_the_numbers_that_are_none() -> None:
    steep = 1.0 / np.arange(1, 300)
    assert smoothed(steep, 39).min() >= steep.min() and smoothed(steep, 39).max() <= steep.max()
    unknown = np.full(300, np.nan)
    np.testing.assert_array_equal(smoothed(unknown, 39), unknown)


def test_an_average_reaches_over_no_more_than_a_tenth_of_the_run(driver: Driver) -> None:
    short = driver.open(example("digits-mlp", epochs=1))
    assert short.curves.panels["loss"].longest == 4
    driver.finish(short)
    short.curves.redraw()
    losses = short.session.history.steps["loss"].values
    np.testing.assert_allclose(short.curves.panels["loss"]._smooth_values, smoothed(losses, 4))


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


STACK = DeepBeliefSettings(hidden=(24, 8), pretrain_epochs=2)


def test_phases_of_a_stack_are_its_machines_and_the_whole() -> None:
    assert [(phase.epoch, phase.name) for phase in STACK.phases] == [(0, "RBM 1"), (2, "RBM 2"), (4, "fine-tuning")]
    assert [phase_at(STACK.phases, done).name for done in (0.0, 2.0, 2.1, 4.0, 4.5, 9)] == [
        *("RBM 1", "RBM 1", "RBM 2", "RBM 2", "fine-tuning", "fine-tuning")
    ]
    assert RBMSettings().phases[0].axis_title == "reconstruction error"
    assert [phase.name for phase in replace(STACK, pretrain_epochs=0).phases] == ["fine-tuning"]


def test_pretraining_and_fine_tuning_are_told_apart(driver: Driver) -> None:
    experiment = replace(example("digits-mlp", epochs=6, optimizer="sgd"), model=STACK)
    window = driver.open(experiment)
    curves, panel = window.curves, window.curves.panels["loss"]
    title = panel.plot.getAxis("left")
    stars = []
    for epoch in range(1, 7):
        window.run_bar.epoch.click()
        driver.wait_for(lambda epoch=epoch: window.session.progress.step == 41 * epoch)
        driver.wait_for(lambda: not window.session.progress.is_running)
        driver.settle(window)
        curves.redraw()
        stars.append(panel.star.getData()[0].tolist())
        if epoch in (2, 4):
            # The first step of a phase has no best of its own yet.
            window.run_bar.batch.click()
            driver.wait_for(lambda epoch=epoch: window.session.progress.step == 41 * epoch + 1)
            driver.settle(window)
            curves.redraw()
            assert len(panel.star.getData()[0]) == 0
            expected = "reconstruction error, validation loss" if epoch == 2 else "loss"
            assert title.labelText == expected
    assert [line.isVisible() for line in panel.marks.lines] == [True, True]
    assert [line.pos().x() for line in panel.marks.lines] == [2, 4]
    assert [line.label.format for line in panel.marks.lines] == ["RBM 2", "fine-tuning"]
    assert all(stars) and stars[1][0] <= 2 and 2 < stars[3][0] <= 4 < stars[5][0]
    # No average is taken over two phases.
    losses = window.session.history.steps["loss"].values
    parts = [smoothed(part, min(39, panel.longest)) for part in np.split(losses, [82, 164])]
    np.testing.assert_allclose(panel._smooth_values, np.concatenate(parts))
    # No line leads from one to the next.
    drawn = panel.raw.getOriginalDataset()[1]
    assert np.flatnonzero(np.isnan(drawn)).tolist() == [82, 165]
    np.testing.assert_array_equal(drawn[~np.isnan(drawn)], losses)
    box = panel.plot.getViewBox()
    for x, words in ((0.5, ("RBM 1", "reconstruction error")), (5.0, ("fine-tuning", "loss"))):
        curves._hover(box.mapViewToScene(QPointF(x, box.viewRange()[1][0])))
        assert all(word in curves.readout.text() for word in words)
    # Another model has one phase.
    curves.begin(History(), True)
    assert not any(line.isVisible() for line in panel.marks.lines) and isinstance(curves, CurvesView)
