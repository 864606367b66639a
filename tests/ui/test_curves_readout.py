"""The read-out that floats over the curves: all lines at one step, never cut and never beyond its bounds."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor

from nnlab.models.model import ONE_PHASE
from nnlab.training.history import History
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import RUN_COLORS
from nnlab.ui.views.curves.curves import CurvesView
from nnlab.ui.views.curves.lines import lines_of
from nnlab.ui.views.curves.overlaid_run import Figures, OverlaidRun
from nnlab.ui.views.curves.reading import Figure, Reading, Shown, reading_at
from nnlab.words import loss_text
from tests.ui.conftest import Driver
from tests.ui.made_history import history_of


def figure_of(history: History, others: dict[int, History], has_batches: bool = True) -> Figure:
    lines = {number: lines_of(other, "loss", "epochs", 0.2, ONE_PHASE) for number, other in others.items()}
    return Figure("loss", loss_text, lines_of(history, "loss", "epochs", 0.2, ONE_PHASE), lines, has_batches)


def read(history: History, others: dict[int, History], at: float, has_batches: bool = True) -> Reading | None:
    runs = tuple(OverlaidRun(number, "lr", "", QColor("red"), other, Figures()) for number, other in others.items())
    shown = Shown(history, "epochs", runs=runs, marks=((1.2, "learning rate 0.1 to 0.05"),))
    return reading_at(shown, [figure_of(history, others, has_batches)], at, 0.06)


def test_a_run_alone_has_a_row_for_each_figure() -> None:
    reading = read(history_of(30), {}, 1.15)
    assert reading is not None and reading.x == pytest.approx(1.2)
    assert reading.when == "batch 12 · epoch 1.20" and reading.heads == (("", "batch"), ("", "train"), ("", "validation"))
    (row,) = reading.rows
    assert row.name == "loss" and row.cells == (f"{1 / 12:.4f}", f"{(1 / 22 + 1 / 12 + 1 / 26) / 2:.4f}", "1.0000")
    assert reading.notes == ("learning rate 0.05", "learning rate 0.1 to 0.05")
    assert reading.text.split("\n")[1] == "loss: batch 0.0833, train 0.0836, validation 1.0000"


def test_columns_in_which_nothing_stands_are_left_out() -> None:
    early = read(history_of(30), {}, 0.45)
    assert early is not None and [line for _, line in early.heads] == ["batch", "train"]
    plain = read(history_of(30), {}, 1.5, has_batches=False)
    assert plain is not None and [line for _, line in plain.heads] == ["train", "validation"]
    assert plain.notes == ("learning rate 0.05",)


def test_other_runs_are_told_at_their_own_steps_and_not_behind_their_ends() -> None:
    others = {4: history_of(40, 20, 3.0), 5: history_of(10)}
    reading = read(history_of(30), others, 1.2)
    assert reading is not None and [row.name for row in reading.rows] == ["this run", "4 lr"]
    # Epoch 1.2 of run 4 is its 24th step, and it had ended one epoch.
    # Half of the steps at both ends of the fifth of an epoch around it.
    mean = np.average([3 / step for step in range(22, 27)], weights=[0.5, 1, 1, 1, 0.5])
    assert reading.rows[1].cells == ("", f"{mean:.4f}", "3.0000")
    assert "4 lr: loss train" in reading.text
    late = read(history_of(10), {4: others[4]}, 1.9)
    # The present run has ended: what is told is its last step.
    assert late is not None and late.x == 1.0 and len(late.rows) == 2


def test_runs_alone_are_told_where_the_present_one_has_no_step() -> None:
    reading = read(History(), {4: history_of(40, 20)}, 0.52)
    assert reading is not None and reading.x == pytest.approx(0.55)
    assert reading.when == "epoch 0.55" and [row.number for row in reading.rows] == [4] and not reading.notes
    assert read(History(), {4: history_of(40, 20)}, 2.5) is None
    assert read(History(), {}, 0.5) is None


def test_a_band_alone_is_told_where_it_is_and_nothing_beside_it() -> None:
    def more(x: float) -> tuple[str, ...]:
        return ("9 seeds: loss 0.31 ± 0.04",) if x <= 3 else ()

    shown = Shown(History(), "epochs", more=more)
    reading = reading_at(shown, [figure_of(History(), {})], 1.25, 0.06)
    assert reading is not None and reading.x == 1.25 and not reading.rows
    assert reading.text == "epoch 1.25\n9 seeds: loss 0.31 ± 0.04"
    assert reading_at(shown, [figure_of(History(), {})], 3.5, 0.06) is None


def with_runs(curves: CurvesView, count: int) -> None:
    """The present run, and as many that are ticked."""
    curves.begin(history_of(300), True, 30, figures=curves._present)
    present = curves._present
    runs = [
        OverlaidRun(n, "lr 0.05, batch 32", f"run {n}", QColor(RUN_COLORS[n % 20]), history_of(280, loss=2.0 + n), present)
        for n in range(1, count + 1)
    ]
    curves.show_runs(runs, None)


@pytest.mark.parametrize("size", [(1280, 800), (1000, 620), (1920, 1080)])
def test_it_stays_in_the_window_beside_the_mouse_and_holds_all_its_words(
    digits: MainWindow, driver: Driver, size: tuple[int, int]
) -> None:
    curves = digits.curves
    digits.resize(*size)
    driver.settle(digits)
    for count in (0, 2, 20, 90):
        with_runs(curves, count)
        driver.settle(digits)
        canvas = QRect(curves.canvas.mapTo(digits, QPoint(0, 0)), curves.canvas.size())
        for panel in curves.panels.values():
            box = panel.plot.getViewBox()
            for x in (0.5, 9.0, 27.9):
                position = box.mapViewToScene(QPointF(x, np.mean(box.viewRange()[1])))
                curves._hover(position)
                readout, mouse = curves.readout, curves.canvas.mapTo(digits, curves.canvas.mapFromScene(position))
                place = readout.geometry()
                assert readout.isVisible() and readout.parentWidget() is digits
                assert digits.rect().contains(place) and canvas.left() <= place.left() and place.right() <= canvas.right()
                assert not place.contains(mouse) or place.width() > canvas.width() // 2
                if count < 3:
                    assert canvas.top() - place.height() <= place.top() and place.bottom() <= canvas.bottom()
                assert place.size() == readout.sizeHint()
                if count == 90:
                    assert "more runs" in readout.text()
                else:
                    assert len(readout.reading.rows) == (count + 1 if count else 2)
        curves._hover(QPointF(-1, -1))
        assert not curves.readout.isVisible()


def test_it_follows_the_training_while_the_mouse_rests_and_goes_with_the_curves(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    digits.run_bar.batch.click()
    driver.wait_for(lambda: digits.session.progress.step == 1)
    driver.settle(digits)
    curves._hover(curves.panels["loss"].plot.getViewBox().sceneBoundingRect().center())
    assert curves.readout.text().startswith("batch 1 ·")
    driver.finish(digits)
    curves.redraw()
    assert not curves.readout.text().startswith("batch 1 ·")
    digits.docks[1].hide()
    assert not curves.readout.isVisible()


def test_what_is_painted_is_in_the_colours_of_the_runs(digits: MainWindow, driver: Driver) -> None:
    with_runs(digits.curves, 2)
    driver.settle(digits)
    digits.curves._hover(digits.curves.panels["loss"].plot.getViewBox().sceneBoundingRect().center())
    picture = digits.curves.readout.grab().toImage()
    colors = {picture.pixelColor(x, y).name().upper() for x in range(30) for y in range(picture.height())}
    assert {digits.curves.theme.accent.upper(), RUN_COLORS[1], RUN_COLORS[2]} <= colors
