"""The axes of the curves have numbers that tell the scale, none cut, none into each other; and what stands along them."""

from itertools import pairwise, product

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPicture
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnlab.experiments.experiment import with_settings
from nnlab.models.metrics import VALUE_METRICS
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training.history import History
from nnlab.ui.main_window import MainWindow
from nnlab.ui.timeline.marks import Mark
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.curves.log_axis import LogAxis
from nnlab.ui.views.curves.time_axis import AXES
from nnlab.ui.views.parts.number_axis import NumberAxis
from tests.ui.conftest import Driver
from tests.ui.made_history import history_of

_LINE = 18


@pytest.mark.parametrize("decades", [0.18, 0.3, 0.5, 0.7, 1.0, 1.64, 2.4, 5.0, 12.0])
@pytest.mark.parametrize("low", [-3.3, -1.7, -0.9])
@pytest.mark.parametrize("height", [90.0, 240.0])
def test_a_logarithmic_axis_has_two_numbers_with_room(qapp: QApplication, decades: float, low: float, height: float) -> None:
    axis = LogAxis("left")
    (spacing, numbered), (small, _) = axis.logTickValues(low, low + decades, height, [])
    pixels = sorted(at * height / decades for at in numbered)
    assert len(pixels) >= 2 and all(axis.logTickStrings(numbered, 1.0, spacing))
    assert min(after - before for before, after in pairwise(pixels)) >= _LINE - 1e-6
    assert small is None


def test_the_axis_of_accuracies_says_where_1_is(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    digits.resize(1280, 800)
    QApplication.processEvents()
    digits.curves.redraw()
    axis = digits.curves.panels["score"].plot.getAxis("left")
    driver.wait_for(lambda: axis.height() > 50)
    numbers = [text for _, text in written(axis)]
    assert "100%" in numbers and all(text.endswith("%") for text in numbers)


def written(axis: NumberAxis) -> list[tuple[QRectF, str]]:
    """The numbers that are painted, and where."""
    picture = QPicture()
    painter = QPainter(picture)
    axis.picture = None
    specs = axis.generateDrawSpecs(painter)
    painter.end()
    return [] if specs is None else [(QRectF(place), text) for place, _, text in specs[2]]


def test_no_number_lies_beyond_what_a_score_can_be(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    for lowest, height in product((0.0, 0.5, 0.9), (170, 420, 900)):
        curves.resize(900, height)
        history = history_of(400)
        history.steps["accuracy"].values[:] = np.linspace(lowest, 1.0, 400)
        history.epochs["validation_accuracy"].values[:] = 1.0
        curves.begin(history, True, 40)
        QApplication.processEvents()
        axis = curves.panels["score"].plot.getAxis("left")
        driver.wait_for(lambda axis=axis: axis.height() > 40)
        numbers = [float(text.removesuffix("%")) for _, text in written(axis)]
        assert len(numbers) >= 2 and max(numbers) == 100.0 and min(numbers) >= 0.0


def test_scores_that_are_no_shares_have_no_percentages(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    curves.begin(History(score=VALUE_METRICS[0]), True, 40)
    curves.resize(900, 420)
    axis = curves.panels["score"].plot.getAxis("left")
    driver.wait_for(lambda: axis.height() > 40 and bool(written(axis)))
    assert "1.0" in [text for _, text in written(axis)]


@pytest.mark.parametrize("axis", AXES)
def test_the_time_axis_is_called_what_it_is_and_no_number_of_it_is_cut(digits: MainWindow, axis: str) -> None:
    curves = digits.curves
    for width, (steps, planned) in product((700, 930, 1500), ((123, 13), (400, 40), (1640, 200), (43_210, 5000))):
        curves.resize(width, 260)
        history = history_of(steps)
        history.note_time(1, 0.25)
        history.note_time(steps, 0.25 * steps)
        curves.begin(history, True, planned)
        curves.controls.choose_axis(axis)
        curves.controls.log.setChecked(steps != 400)
        QApplication.processEvents()
        end = {"epochs": steps / 10, "batches": steps, "seconds": 0.25 * steps}[axis]
        for panel in curves.panels.values():
            bottom, box = panel.plot.getAxis("bottom"), panel.plot.getViewBox()
            assert bottom.labelText == AXES[axis] == {"epochs": "epoch", "batches": "batch"}.get(axis, "seconds of training")
            assert panel.plot.getAxis("left").logMode is (steps != 400 and panel is curves.panels["loss"])
            # No more than a sixth is blank, nothing of the run is missing.
            assert end <= box.viewRange()[0][1] <= 1.2 * 1.03 * end
            scene = curves.canvas.rect().adjusted(0, 0, -1, 0)
            numbers = written(bottom)
            assert len(numbers) >= 2
            for place, text in numbers:
                at = bottom.mapRectToScene(place)
                assert scene.left() <= at.left() and at.right() <= scene.right()
                meant = box.mapSceneToView(at.center()).x()
                assert meant == pytest.approx(float(text.replace(",", "")), abs=2 * box.viewPixelSize()[0])


def test_a_run_ends_where_its_axis_does(digits: MainWindow) -> None:
    curves, box = digits.curves, digits.curves.panels["loss"].plot.getViewBox()
    for steps, planned, end in ((370, 37, 37), (370, 1000, 40), (390, 37, 40), (10, 37, 1)):
        curves.begin(history_of(steps), True, planned)
        low, high = box.viewRange()[0]
        assert high - low == pytest.approx(1.02 * end) and high == pytest.approx(1.01 * end)


def test_marks_of_the_validation_never_run_into_each_other(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    for epochs in (5, 40, 300, 4000):
        curves.resize(930, 260)
        curves.begin(history_of(10 * epochs), True, epochs)
        driver.settle(digits)
        panel = curves.panels["loss"]
        ends, marked = panel.lines.ends, panel.epochs.marks.getData()[0]
        pixels = np.diff(marked) / panel.plot.getViewBox().viewPixelSize()[0]
        assert set(marked) <= set(ends) and len(marked) >= min(epochs, 8) and (pixels >= 14).all()
        every = round(marked[0])
        assert np.array_equal(marked, ends[every - 1 :: every]) and every in (1, 2, 5, 10, 20, 50, 100, 200, 500)
        # All of them are in the line.
        assert len(ends) == epochs and panel.epochs.line.getOriginalDataset()[1].min() == panel.lines.validation.min()


def test_a_change_of_settings_leaves_a_line_with_its_old_and_new_value(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    digits.resize(1400, 800)
    digits.run_bar.epoch.click()
    driver.wait_for(lambda: digits.session.progress.step == 41 and not digits.session.progress.is_running)
    digits.session.edit(with_settings(digits.session.experiment, ["training.learning_rate=0.01"]))
    driver.finish(digits)
    driver.wait_for(lambda: len(curves.panels["loss"].by_hand.labels) == 1)
    driver.settle(digits)
    label = curves.panels["loss"].by_hand.labels[0]
    assert label.isVisible() and label.toPlainText() == "learning rate 0.05 to 0.01"
    for panel in curves.panels.values():
        x, y = panel.by_hand.lines.getData()
        assert x.tolist() == [1.0, 1.0] and y.tolist() == panel.plot.getViewBox().viewRange()[1]
    box = curves.panels["loss"].plot.getViewBox()
    curves._hover(box.mapViewToScene(QPointF(0.999, box.viewRange()[1][0])))
    assert curves.readout.text().endswith("learning rate 0.05\nlearning rate 0.05 to 0.01")
    curves.controls.choose_axis("batches")
    assert curves.panels["loss"].by_hand.lines.getData()[0].tolist() == [41.0, 41.0]
    # The learning rate has a plot of its own, where it is asked for.
    curves.controls.rate.setChecked(True)
    rate = curves.panels["learning_rate"]
    assert rate.lines.raw.tolist() == [0.05] * 41 + [0.01] * 82 and not rate.plot.getAxis("left").logMode
    assert rate.plot.getAxis("left").labelText == "learning rate"
    curves.controls.rate.setChecked(False)
    assert list(curves.panels) == ["loss", "score"] and rate.plot.scene() is None


def test_words_of_changes_close_to_each_other_do_not_lie_on_each_other(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    digits.resize(1400, 800)
    driver.settle(digits)
    curves.begin(history_of(400), True, 40)
    steps = [*range(20, 60, 2), 200, 380]
    curves.show_marks(tuple(Mark(step, "settings", f"learning rate 0.1 to 0.0{step}") for step in steps))
    driver.settle(digits)
    by_hand = curves.panels["loss"].by_hand
    assert len(by_hand.lines.getData()[0]) == 2 * len(steps)
    places = sorted(
        (label.mapRectToScene(label.boundingRect()) for label in by_hand.labels if label.isVisible()), key=QRectF.left
    )
    assert 2 <= len(places) < len(steps)
    for before, after in pairwise(places):
        assert before.right() <= after.left()
    assert places[-1].right() <= curves.canvas.width()


def test_in_large_type_the_words_of_a_late_change_stand_before_its_line(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    digits.resize(1280, 800)
    curves.canvas.magnify(1.4)
    driver.settle(digits)
    curves.begin(history_of(400), True, 40)
    curves.show_marks((Mark(395, "settings", "learning rate 0.1 to 0.01"),))
    driver.settle(digits)
    (label,) = curves.panels["loss"].by_hand.labels
    assert label.isVisible()
    words, box = label.mapRectToScene(label.boundingRect()), curves.panels["loss"].plot.getViewBox().sceneBoundingRect()
    assert box.left() <= words.left() and words.right() <= box.right() + 1


def test_a_title_that_is_longer_than_its_axis_stands_in_two_lines(qtbot: QtBot) -> None:
    # A window's own size hints change with what it shows, which no offscreen platform can tell a window manager.
    host, curves = QWidget(), CurvesView()
    qtbot.addWidget(host)
    curves.setParent(host)
    host.resize(1000, 500)
    host.show()
    curves.begin(history_of(30), False, 3, RBMSettings().phases)
    axis = curves.panels["loss"].plot.getAxis("left")
    for height, lines in ((170, 2), (420, 1), (160, 2)):
        curves.resize(900, height)

        def is_whole(lines: int = lines) -> bool:
            place = curves.canvas.mapFromScene(axis.label.sceneBoundingRect()).boundingRect().adjusted(0, 4, 0, -4)
            is_in = place.top() >= 0 and place.bottom() <= curves.canvas.height()
            return is_in and len(axis.label.toPlainText().strip().split("\n")) == lines

        qtbot.waitUntil(is_whole, timeout=60_000)
        assert axis.labelText == "reconstruction error"
