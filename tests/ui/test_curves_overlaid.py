"""Runs under the present one in Curves: which are drawn, where, in which colour, and what is said of them."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from nnlab.errors import RunStoreError
from nnlab.experiments.experiment import Experiment, with_settings
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.stored_curves import read_curves
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.places import runs_folder
from nnlab.training.history import History
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, LIGHT, RUN_COLORS, Theme
from nnlab.ui.views.curves.controls import WIDTHS
from nnlab.ui.views.curves.legend import LEGEND
from nnlab.ui.views.curves.lines import lines_of
from nnlab.ui.views.curves.overlaid_lines import OverlaidLine
from nnlab.ui.views.curves.overlaid_run import Figures, OverlaidRun
from nnlab.ui.views.curves.seed_bands import SeedRuns
from tests.experiments.journal.kept import Kept
from tests.ui.conftest import Driver, example

DIGITS = example("digits-mlp", epochs=3)
SETTINGS = ((), ("training.learning_rate=0.3",), ("training.batch_size=64",))


def keep(experiment: Experiment, tmp_path: Path, *settings: Sequence[str]) -> None:
    """Train it once for each of the settings, without a window, into the store."""
    said: list[str] = []
    writer = JournalWriter(runs_folder(), said.append)
    for number, assignments in enumerate(settings):
        run_experiment(with_settings(experiment, list(assignments)), [], tmp_path / str(number), 1, journal=writer)
    writer.close()
    assert not said


def tick(window: MainWindow, driver: Driver, *numbers: int, on: bool = True) -> None:
    """Until they are drawn, or are not any more."""
    for number in numbers:
        window.session.ticked.tick(number, on)
    driver.wait_for(lambda: not window.overlaying._soon.isActive() and not window.session.jobs.is_busy)
    QApplication.processEvents()


def drawn(window: MainWindow, panel: str = "loss") -> dict[int, OverlaidLine]:
    return {line.number: line for line in window.curves.panels[panel].overlaid.shown}


@pytest.fixture
def kept(digits: MainWindow, tmp_path: Path) -> MainWindow:
    """A window, and three runs of earlier days in the store."""
    keep(DIGITS, tmp_path, *SETTINGS)
    return digits


def test_ticked_runs_lie_under_the_present_one_in_their_colours(kept: MainWindow, driver: Driver) -> None:
    driver.finish(kept)
    tick(kept, driver, 2, 3)
    stored = read_curves(runs_folder(), (2, 3)).found
    for panel, figure in (("loss", "loss"), ("score", "accuracy")):
        lines = drawn(kept, panel)
        assert list(lines) == [2, 3]
        for number, line in lines.items():
            history, width = stored[number].history, kept.curves.controls.width
            expected = lines_of(history, figure, "epochs", width, stored[number].experiment.model.phases)
            np.testing.assert_array_equal(line.lines.mean, expected.mean)
            np.testing.assert_array_equal(line.lines.validation, history.epochs[f"validation_{figure}"].values)
            assert line.color == kept.session.ticked.color_of(number)
    tick(kept, driver, 2, on=False)
    assert list(drawn(kept)) == [3]
    kept.session.ticked.clear()
    tick(kept, driver)
    assert not drawn(kept) and kept.curves.names.isHidden()


def test_what_is_painted_has_the_colours_of_the_runs_and_reaches_to_their_ends(kept: MainWindow, driver: Driver) -> None:
    kept.resize(1280, 800)
    kept.curves.controls.choose_axis("batches")
    tick(kept, driver, 1, 2)
    box = kept.curves.panels["loss"].plot.getViewBox()
    driver.wait_for(lambda: box.viewRange()[0][1] > 120)
    QApplication.processEvents()
    picture = kept.curves.canvas.grab().toImage()
    right = kept.curves.canvas.mapFromScene(box.mapViewToScene(QPointF(100.0, box.viewRange()[1][0]))).x()
    colors = {picture.pixelColor(x, y).name().upper() for x in range(right - 25, right) for y in range(picture.height())}
    assert {RUN_COLORS[0], RUN_COLORS[1]} <= colors


@pytest.mark.parametrize("axis", ["batches", "seconds"])
def test_they_follow_the_axis_and_the_smoothing(kept: MainWindow, driver: Driver, axis: str) -> None:
    tick(kept, driver, 3)
    history = read_curves(runs_folder(), (3,)).found[3].history
    kept.curves.controls.choose_axis(axis)
    steps = history.steps["step"].values
    expected = steps if axis == "batches" else history.seconds_after(steps)
    np.testing.assert_array_equal(drawn(kept)[3].lines.x, expected)
    assert kept.curves.panels["loss"].plot.getViewBox().viewRange()[0][1] >= expected[-1]
    kept.curves.controls.choose_width(Fraction(0))
    np.testing.assert_array_equal(drawn(kept)[3].lines.mean, history.steps["loss"].values)


def test_the_means_of_a_few_last_batches_are_drawn_of_no_run(kept: MainWindow, driver: Driver) -> None:
    tick(kept, driver, 2)
    panel = kept.curves.panels["loss"]
    line = drawn(kept)[2]
    assert line.lines.settled is not None and line.lines.settled < len(line.lines.mean)
    (_, solid, _), *_ = panel.overlaid._paths
    assert solid.boundingRect().right() == pytest.approx(line.lines.x[line.lines.settled - 1])


def test_the_axes_hold_all_that_is_drawn_and_shrink_when_it_goes(kept: MainWindow, driver: Driver) -> None:
    driver.finish(kept)
    kept.curves.redraw()
    before = kept.curves.panels["loss"].plot.getViewBox().viewRange()
    history = History()
    history.steps["loss"].extend(np.geomspace(300, 1e-4, 500))
    for name, numbers in (("step", np.arange(1.0, 501)), ("epoch", np.arange(1.0, 501) / 10)):
        history.steps[name].extend(numbers)
    for name in ("accuracy", "learning_rate"):
        history.steps[name].extend(np.full(500, np.nan))
    run = OverlaidRun(7, "far", "far", QColor(RUN_COLORS[0]), history, kept.curves._present)
    kept.curves.show_runs([run], None)
    (_, right), (low, high) = kept.curves.panels["loss"].plot.getViewBox().viewRange()
    assert right >= 50 and low <= -4 and high >= 2
    kept.curves.show_runs([], None)
    np.testing.assert_allclose(kept.curves.panels["loss"].plot.getViewBox().viewRange(), before)


def test_they_are_dimmed_while_the_present_run_trains(kept: MainWindow, driver: Driver) -> None:
    tick(kept, driver, 1)
    overlaid = kept.curves.panels["loss"].overlaid
    assert not overlaid._is_dimmed
    with driver.qtbot.waitSignal(kept.session.progressed, check_params_cb=lambda now: now.is_running):
        kept.run_bar.run.click()
    assert overlaid._is_dimmed
    driver.wait_for(lambda: kept.session.progress.activity.has_ended)
    assert not overlaid._is_dimmed


def test_while_it_trains_they_are_not_painted_again(
    kept: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.finish(kept)
    tick(kept, driver, 1, 2, 3)
    panel = kept.curves.panels["loss"]
    painted, paint = [], type(panel.overlaid).paint
    monkeypatch.setattr(type(panel.overlaid), "paint", lambda item, *rest: (painted.append(item), paint(item, *rest)))
    kept.curves.canvas.repaint()
    QApplication.processEvents()
    painted.clear()
    for _ in range(5):
        kept.curves.redraw()
        kept.curves.canvas.viewport().update()
        QApplication.processEvents()
    assert not painted


def test_hovering_a_run_tells_which_it_is_and_its_values_there(kept: MainWindow, driver: Driver) -> None:
    driver.finish(kept)
    tick(kept, driver, 2)
    curves, panel, line = kept.curves, kept.curves.panels["loss"], drawn(kept)[2].lines
    curves.redraw()
    apart = np.abs(np.log10(line.mean) - np.log10(np.interp(line.x, panel.lines.x, panel.lines.mean)))
    place = int(apart[10:].argmax()) + 10
    box = panel.plot.getViewBox()
    curves._hover(box.mapViewToScene(QPointF(line.x[place] - 1e-6, np.log10(line.mean[place]))))
    history = read_curves(runs_folder(), (2,)).found[2].history
    own, other = curves.readout.reading.rows
    assert [(own.number, own.color), (other.number, other.color)] == [(None, None), (2, kept.session.ticked.color_of(2))]
    heads = curves.readout.reading.heads
    assert heads == tuple((figure, each) for figure in ("loss", "accuracy") for each in ("batch", "train", "validation"))
    # The steps of both runs are as long, so that a step of the one lies above one of the other.
    end = np.searchsorted(line.ends, line.x[place], side="right") - 1
    assert other.name == "2 lr 0.3" and other.cells[:3] == ("", f"{line.mean[place]:.4f}", f"{line.validation[end]:.4f}")
    accuracy = history.epochs["validation_accuracy"].values[end]
    assert other.cells[5] == f"{accuracy:.1%}" and own.cells[0] == f"{kept.session.history.steps['loss'].values[place]:.4f}"
    assert panel.overlaid.emphasized == 2 and panel.cursor.isVisible()
    # Where no line is near none is drawn stronger; all are told still.
    curves._hover(box.mapViewToScene(QPointF(line.x[place], box.viewRange()[1][1])))
    assert len(curves.readout.reading.rows) == 2 and panel.overlaid.emphasized is None
    curves._hover(QPointF(-1, -1))
    assert not curves.readout.isVisible() and not panel.cursor.isVisible()


def test_hovering_the_last_run_tells_its_values(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    driver.settle(digits)
    line, box = drawn(digits)[0].lines, digits.curves.panels["loss"].plot.getViewBox()
    digits.curves._hover(box.mapViewToScene(QPointF((line.x[59] + line.x[60]) / 2, np.log10(line.mean[60]))))
    assert digits.curves.readout.text().startswith("epoch 1.49\nlast run: loss train ")
    (row,) = digits.curves.readout.reading.rows
    assert row.color == QColor(digits.curves.theme.muted)


def test_the_title_of_the_time_axis_makes_way_for_the_curves_where_there_is_little_room(digits: MainWindow) -> None:
    axis = digits.curves.panels["loss"].plot.getAxis("bottom")
    for height, is_shown in ((150, False), (400, True)):
        digits.curves.resize(900, height)
        QApplication.processEvents()
        digits.curves.controls.choose_axis("batches" if is_shown else "seconds")
        assert axis.label.isVisible() is is_shown


def test_the_names_say_what_tells_the_runs_apart(kept: MainWindow, driver: Driver) -> None:
    tick(kept, driver, 1, 2, 3)
    entries = kept.curves.names.entries
    assert [entry.text for entry in entries] == ["1 lr 0.05, batch 32", "2 lr 0.3, batch 32", "3 lr 0.05, batch 64"]
    assert entries[1].tip == "Run 2: digits-mlp · lr 0.3, batch 32"
    tick(kept, driver, 2, on=False)
    assert [entry.text for entry in kept.curves.names.entries] == ["1 batch 32", "3 batch 64"]
    assert "3 batch 64" in kept.curves.names.accessibleName()


def test_twenty_names_leave_each_other_room_and_the_rest_is_told_by_hovering(digits: MainWindow, driver: Driver) -> None:
    digits.resize(1280, 800)
    present = digits.curves._present
    name = "a long name of settings, and more"
    runs = [
        OverlaidRun(number, name, f"title {number}", QColor(RUN_COLORS[number - 1]), History(), present)
        for number in range(1, 21)
    ]
    digits.curves.show_runs(runs, None)
    QApplication.processEvents()
    names = digits.curves.names
    places = names.places
    end = places[-1][1].right() + names.fontMetrics().horizontalAdvance("and 15 more")
    assert 3 <= len(places) < 20 and end <= names.width()
    for (_, before), (_, after) in pairwise(places):
        assert before.right() < after.left()
    heard: list[object] = []
    names.hovered.connect(heard.append)
    driver.qtbot.mouseMove(names, places[1][1].center())
    assert heard == [2] and digits.curves.panels["loss"].overlaid.emphasized == 2
    assert names.tip_at(places[1][1].center()) == "<p>Run 2: title 2</p>"
    every = names.tip_at(QPoint(names.width() - 3, 4))
    assert "20 a long name of settings" in every and RUN_COLORS[19].lower() in every
    # Few runs are called by their whole names.
    digits.curves.show_runs(runs[:2], None)
    assert [place.width() for _, place in names.places] == [
        17 + names.fontMetrics().horizontalAdvance(entry.text) for entry in names.entries
    ]


VALUES = Figures("mean squared error", "R²")
CLASSES = Figures("cross entropy", "accuracy")


@pytest.mark.parametrize(
    ("other", "present", "missing", "why"),
    [
        (CLASSES, CLASSES, "", ""),
        (
            VALUES,
            CLASSES,
            "not comparable",
            "(here cross entropy) and its score is R² (here accuracy): its curves cannot lie",
        ),
        (
            replace(CLASSES, loss="hinge"),
            CLASSES,
            "accuracy only",
            "Its loss is hinge (here cross entropy): that is left out",
        ),
        (
            replace(VALUES, loss=CLASSES.loss),
            CLASSES,
            "loss only",
            "Its score is R² (here accuracy): that is left out here.",
        ),
        (replace(CLASSES, score=""), CLASSES, "loss only", "model has no accuracy"),
        (CLASSES, replace(CLASSES, score=""), "", ""),
        (Figures("reconstruction error"), Figures("reconstruction error"), "", ""),
    ],
)
def test_what_cannot_be_compared_is_said(other: Figures, present: Figures, missing: str, why: str) -> None:
    run = OverlaidRun(4, "", "", QColor(), History(), other)
    assert (
        run.missing(present) == missing and why in run.why_missing(present) and bool(why) == bool(run.why_missing(present))
    )


def test_a_run_of_values_is_not_laid_under_one_of_classes(kept: MainWindow, driver: Driver, tmp_path: Path) -> None:
    keep(example("sine", epochs=2), tmp_path, ())
    keep(replace(DIGITS, model=replace(DIGITS.model, loss=type(example("sine").model.loss)())), tmp_path, ())
    tick(kept, driver, 1, 4, 5)
    assert list(drawn(kept)) == [1] and list(drawn(kept, "score")) == [1, 5]
    called = {entry.number: entry.text for entry in kept.curves.names.entries}
    assert called[4] == "run 4 · sine, seed 0 (not comparable)" and called[5].endswith("(accuracy only)")
    # Nothing of it is drawn: no line stands before its name.
    assert {entry.number: entry.has_line for entry in kept.curves.names.entries} == {1: True, 4: False, 5: True}


@pytest.mark.parametrize(("data", "reaches"), [("digits", True), ("xor", False)])
def test_a_band_of_seeds_of_other_data_does_not_stretch_the_time_axis(
    kept: MainWindow, driver: Driver, data: str, reaches: bool
) -> None:
    driver.finish(kept)
    history = History()
    for name in ("step", "epoch", "loss", "accuracy", "learning_rate"):
        history.steps[name].extend(np.arange(1.0, 51))
    figures = replace(kept.curves._present, data=data)
    kept.curves.show_seeds(SeedRuns("2 seeds", "two seeds", (history, history), figures))
    assert len(kept.curves.seeds.bands["loss"].x) and kept.curves.names.entries
    (_, right), _ = kept.curves.panels["loss"].plot.getViewBox().viewRange()
    assert (right >= 50) is reaches


def test_a_run_of_other_data_has_a_short_name_and_does_not_stretch_the_time_axis(
    kept: MainWindow, driver: Driver, tmp_path: Path
) -> None:
    keep(example("xor", epochs=9), tmp_path, ("training.seed=1",), ("training.seed=2",))
    driver.finish(kept)
    kept.curves.redraw()
    tick(kept, driver, 4)
    assert list(drawn(kept)) == [4] and drawn(kept)[4].lines.right == 9
    assert [entry.text for entry in kept.curves.names.entries] == ["run 4 · xor, seed 1"]
    (_, right), _ = kept.curves.panels["loss"].plot.getViewBox().viewRange()
    assert right < kept.session.experiment.training.epochs + 0.5
    tick(kept, driver, 1, 5)
    assert [entry.text for entry in kept.curves.names.entries][::2] == ["run 4 · xor, seed 1", "run 5 · xor, seed 2"]


def test_the_present_run_is_not_drawn_twice(driver: Driver, tmp_path: Path) -> None:
    said: list[str] = []
    writer = JournalWriter(runs_folder(), said.append)
    window = driver.open(DIGITS, journal=writer)
    driver.finish(window)
    driver.wait_for(lambda: window.session.progress.number == 1)
    tick(window, driver, 1)
    assert not drawn(window)
    # It makes way for a fresh one: ticked it is drawn in its colour, once, with all its steps.
    window.session.reset()
    driver.wait_for(lambda: 1 in drawn(window))
    driver.settle(window)
    assert list(drawn(window)) == [1] and len(drawn(window)[1].lines.x) == 123
    assert window.curves.controls.last_run.isHidden()
    # Not ticked it is the last run.
    tick(window, driver, 1, on=False)
    assert list(drawn(window)) == [0] and drawn(window)[0].color == QColor(window.curves.theme.muted)
    driver.close(window)
    writer.close()
    assert not said


def test_the_last_run_stays_as_a_ghost_until_there_is_a_newer_one(digits: MainWindow, driver: Driver) -> None:
    curves = digits.curves
    assert not drawn(digits) and curves.controls.last_run.isHidden()
    driver.finish(digits)
    first = digits.session.history
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    np.testing.assert_array_equal(drawn(digits)[0].lines.x, first.steps["epoch"].values)
    driver.settle(digits)
    digits.resize(1600, 900)
    QApplication.processEvents()
    curves.redraw()
    assert curves.legend.text() == f"{LEGEND}   ― last run" and not curves.controls.last_run.isHidden()
    # A run that has learned nothing is no last run.
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    np.testing.assert_array_equal(drawn(digits)[0].lines.x, first.steps["epoch"].values)
    digits.run_bar.batch.click()
    driver.wait_for(lambda: digits.session.progress.step == 1)
    driver.settle(digits)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    assert len(drawn(digits)[0].lines.x) == 1


def test_a_run_that_is_brought_back_is_no_ghost_of_itself(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    assert list(drawn(digits)) == [0]
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.bring_back()
    assert not drawn(digits) and len(digits.session.history.steps["step"]) == 123


def test_the_last_run_can_be_switched_off(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    digits.curves.controls.last_run.click()
    assert not drawn(digits) and digits.curves.is_empty
    digits.curves.controls.last_run.click()
    assert list(drawn(digits)) == [0]


def test_how_the_curves_are_drawn_is_remembered(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=20))
    controls = window.curves.controls
    controls.last_run.setChecked(False)
    controls.log.setChecked(False)
    controls.choose_axis("seconds")
    controls.choose_width(WIDTHS[2])
    driver.close(window)
    again = driver.open(example("xor", epochs=20)).curves.controls
    assert (again.last_run.isChecked(), again.log.isChecked(), again.raw.isChecked()) == (False, False, True)
    assert again.axis == "seconds" and again.width == float(WIDTHS[2])
    for nonsense in ("", "111 x seconds", "111 2 hours", "1 2 seconds"):
        again.restore(nonsense)
    assert again.axis == "seconds" and not again.log.isChecked()


def test_names_that_cannot_be_seen_are_shown_as_they_can(kept: MainWindow, driver: Driver) -> None:
    open_store(runs_folder())[0].update(2, name="left\u202eright\n")
    tick(kept, driver, 2)
    (line,) = kept.curves._ticked
    assert line.title.startswith("left?right?") and "\u202e" not in line.label


def test_a_run_that_is_not_there_is_told_and_not_ticked_any_more(kept: MainWindow, driver: Driver) -> None:
    with driver.qtbot.waitSignal(kept.session.message, timeout=60_000) as heard:
        kept.session.ticked.tick(99, True)
    assert "no run 99" in heard.args[0]
    driver.wait_for(lambda: not kept.session.jobs.is_busy)
    assert kept.session.ticked.numbers == ()
    tick(kept, driver, 2)
    assert list(drawn(kept)) == [2]


def test_runs_that_are_ticked_while_others_are_read_are_read_as_well(
    kept: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()
    slowly = lambda *asked, **how: waits.wait(30) and read_curves(*asked, **how)  # noqa: E731
    monkeypatch.setattr("nnlab.ui.overlaying.read_curves", slowly)
    kept.session.ticked.tick(1, True)
    driver.wait_for(lambda: kept.session.jobs.is_busy)
    for number, on in ((1, False), (99, True), (3, True)):
        kept.session.ticked.tick(number, on)
    QApplication.processEvents()
    waits.set()
    driver.wait_for(lambda: list(drawn(kept)) == [3])
    assert kept.session.ticked.numbers == (3,)


def test_a_store_that_cannot_be_read_is_told_once(kept: MainWindow, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*asked: object, **how: object) -> None:
        raise RunStoreError("the store of runs is damaged")

    heard: list[str] = []
    kept.session.message.connect(heard.append)
    monkeypatch.setattr("nnlab.ui.overlaying.read_curves", fail)
    tick(kept, driver, 1, 2)
    QApplication.processEvents()
    assert heard == ["the store of runs is damaged"] and not kept.session.jobs.is_busy


def test_a_run_that_trains_elsewhere_is_read_again(digits: MainWindow, driver: Driver, tmp_path: Path) -> None:
    growing = Kept(DIGITS, runs_folder(), steps=20, every=5)
    lock = growing.store.hold(1)
    assert lock is not None
    digits.overlaying._look.setInterval(50)
    tick(digits, driver, 1)
    assert drawn(digits)[1].lines.right == pytest.approx(20 / 41)
    growing.store.update(1, step=15)
    driver.wait_for(lambda: drawn(digits)[1].lines.right == pytest.approx(15 / 41))
    lock.release()
    driver.wait_for(lambda: not digits.overlaying._look.isActive() and not digits.session.jobs.is_busy)


def test_exported_pictures_hold_the_lines_as_shapes(kept: MainWindow, driver: Driver, tmp_path: Path) -> None:
    driver.finish(kept)
    tick(kept, driver, 2)
    QApplication.processEvents()
    kept.files.export(kept.curves, tmp_path / "curves.svg")
    drawing = (tmp_path / "curves.svg").read_text().lower()
    assert RUN_COLORS[0].lower() in drawing and "<image" not in drawing
    overlaid = kept.curves.panels["loss"].overlaid
    assert overlaid.cacheMode() == overlaid.CacheMode.DeviceCoordinateCache
    # What the time axis is over stands in the file, also where it has no room on the screen.
    assert not kept.curves.panels["loss"].plot.getAxis("bottom").label.isVisible() and ">epoch <" in drawing


def test_runs_without_a_step_and_of_numbers_that_are_none_are_drawn_as_far_as_they_go(digits: MainWindow) -> None:
    broken, present = History(), digits.curves._present
    for name, numbers in (("step", [1, 2, 3, 4]), ("epoch", [0.1, 0.2, 0.3, 0.4]), ("loss", [2.0, np.nan, np.inf, 0.0])):
        broken.steps[name].extend(np.array(numbers, float))
    for name in ("accuracy", "learning_rate"):
        broken.steps[name].extend(np.full(4, np.nan))
    runs = [OverlaidRun(number, "", "", QColor("red"), of, present) for number, of in ((1, History()), (2, broken))]
    for is_log in (True, False):
        digits.curves.controls.log.setChecked(is_log)
        digits.curves.show_runs(runs, None)
        digits.curves.canvas.grab()
        digits.curves._hover(digits.curves.panels["loss"].plot.sceneBoundingRect().center())
    assert np.isfinite(digits.curves.panels["loss"].plot.getViewBox().viewRange()).all()


def test_the_csv_file_holds_the_runs_that_are_shown(kept: MainWindow, driver: Driver) -> None:
    driver.finish(kept)
    tick(kept, driver, 3)
    table = kept.curves.csv_columns()
    stored = read_curves(runs_folder(), (3,)).found[3].history
    assert {len(column) for column in table.values()} == {123}
    assert table["loss"] == list(kept.session.history.steps["loss"].values)
    assert table["run 3 loss"][:63] == list(stored.steps["loss"].values) and table["run 3 loss"][63:] == [""] * 60
    assert table["run 3 epoch_validation_accuracy"][62] == stored.epochs["validation_accuracy"].values[-1]


def test_a_line_marks_the_step_that_is_looked_at(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    curves, panel = digits.curves, digits.curves.panels["loss"]
    curves.show_position(82)
    assert panel.here.isVisible() and panel.here.pos().x() == pytest.approx(2.0)
    curves.controls.choose_axis("batches")
    assert panel.here.pos().x() == 82
    left, right = curves.span
    box = panel.plot.getViewBox()
    at = curves.canvas.mapTo(curves, curves.canvas.mapFromScene(box.mapViewToScene(QPointF(82, box.viewRange()[1][0])))).x()
    (low, high), _ = box.viewRange()
    assert at == pytest.approx(left + (82 - low) / (high - low) * (right - left), abs=2)
    curves.show_position(None)
    assert not panel.here.isVisible()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ghost_is_grey_in_both_themes(digits: MainWindow, driver: Driver, theme: Theme) -> None:
    driver.finish(digits)
    with driver.qtbot.waitSignal(digits.session.prepared, timeout=60_000):
        digits.session.reset()
    digits.appearance.choose(theme.name)
    assert drawn(digits)[0].color == QColor(theme.muted)
