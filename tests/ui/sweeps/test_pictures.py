"""What is drawn of a sweep's trials is what the store has of them, and points mean the trials that they are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from nnlab.experiments.sweeps.axis import Listed
from nnlab.experiments.sweeps.ledger import change_trial
from nnlab.experiments.sweeps.records import DIVERGED, DONE, FAILED, RUNNING
from nnlab.experiments.sweeps.search import Grid, Random
from nnlab.ui.figure.dialog import FigureDialog
from nnlab.ui.figure.paper import Paper
from nnlab.ui.sweeps.parallel_page import ParallelPage
from nnlab.words import figure
from tests.ui.conftest import Driver
from tests.ui.sweeps.desk import SweepDesk
from tests.ui.sweeps.stored import AXES, store_sweep, sweep_of


@pytest.fixture
def desk(driver: Driver) -> Iterator[SweepDesk]:
    store_sweep(sweep_of())
    desk = SweepDesk(driver)
    yield desk
    desk.close()


def broken(desk: SweepDesk) -> np.ndarray:
    return np.isin([trial.state for trial in desk.trials()], (FAILED, DIVERGED))


def test_the_table_has_every_trial_with_its_state_reason_choices_and_figures(desk: SweepDesk) -> None:
    page = desk.show(1, "table")
    model, trials = page.model, desk.trials()
    assert model.rowCount() == 64
    titles = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    assert titles[:7] == [
        "trial",
        "state",
        "Learning rate",
        "Optimizer",
        "Batch size",
        "Units (layer 1, dense)",
        "validation loss",
    ]
    for row in (0, 9, 16):
        texts = [model.index(row, at).data() for at in range(model.columnCount())]
        trial = trials[row]
        assert texts[:2] == [str(row + 1), f"{trial.state}: {trial.reason}" if trial.reason else "done"]
        assert (
            texts[2] == figure(trial.choices["training.learning_rate"]) and texts[3] == trial.choices["training.optimizer"]
        )
        assert texts[6] == ("" if trial.objective is None else figure(trial.objective))


def test_the_table_is_sorted_by_any_column_with_what_has_no_value_last(desk: SweepDesk) -> None:
    page = desk.show(1, "table")
    page.view.sortByColumn(6, Qt.SortOrder.AscendingOrder)
    numbers = [int(page.sorted.index(row, 0).data()) for row in range(64)]
    known = {trial.number: trial.objective for trial in desk.trials() if trial.objective is not None}
    assert numbers[: len(known)] == sorted(known, key=lambda number: known[number])
    nothing = {trial.number for trial in desk.trials() if trial.objective is None}
    assert set(numbers[len(known) :]) == nothing
    page.view.sortByColumn(6, Qt.SortOrder.DescendingOrder)
    numbers = [int(page.sorted.index(row, 0).data()) for row in range(64)]
    assert (
        numbers[: len(known)] == sorted(known, key=lambda number: -known[number]) and set(numbers[len(known) :]) == nothing
    )


def test_parallel_coordinates_have_a_line_for_every_trial_in_its_shade(desk: SweepDesk) -> None:
    page = desk.show(1, "parallel")
    lines = sum(int(np.isnan(curve.xData).sum()) for curve in page.curves if curve.xData is not None)
    dashed = int(np.isnan(page.broken.xData).sum())
    assert lines == int((~broken(desk)).sum()) and dashed == int(broken(desk).sum())
    # The best trials are of the last shade, and lie above all others.
    best = page.curves[-1]
    place = desk.window.results.best
    assert page._points[place, 0, 1] in best.yData
    assert best.zValue() > page.curves[0].zValue()
    texts = page.board.texts
    assert {"Learning rate", "Optimizer", "validation loss", "sgd", "adam", "0.01", "0.1"} <= set(texts)


def test_where_one_more_trial_has_ended_its_line_alone_is_new(driver: Driver) -> None:
    store_sweep(sweep_of(), ended=23)
    desk = SweepDesk(driver)
    page = desk.show(1, "parallel")
    lines = [np.isnan(curve.xData).sum() if curve.xData is not None else 0 for curve in page.curves]
    store = desk.store
    # As good as the best there is: no other trial has another shade.
    best = min(trial.objective for trial in desk.trials() if trial.objective is not None)
    change_trial(store, 1, 24, state=DONE, objective=best)
    desk.wait_for(lambda: desk.window.results.trials[23].state == DONE)
    found = [np.isnan(curve.xData).sum() if curve.xData is not None else 0 for curve in page.curves]
    assert found[-1] == lines[-1] + 1
    y = page._points[23, :, 1]
    assert np.isfinite(y).all() and set(y) <= set(page.curves[-1].yData)
    store.close()
    desk.close()


def drag(page: ParallelPage, axis: int, low: float, high: float) -> None:
    """With the mouse along an axis, shares from and to."""
    frame, viewport = page.frame, page.canvas.viewport()
    x = float(frame.across[axis])
    ends = [page.board.scene_position(x, float(frame.down(np.array(share)))) for share in (low, (low + high) / 2, high)]
    points = [page.canvas.mapFromScene(end) for end in ends]
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        # The scene takes it for a drag when it has lasted, or gone far.
        QTest.mouseMove(viewport, point, 20)
        QTest.mouseMove(viewport, point + QPoint(0, 1), 20)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=points[-1])


def test_dragging_along_an_axis_holds_up_what_passes_there(desk: SweepDesk) -> None:
    page = desk.show(1, "parallel")
    page.brush(0, 0.5, 1.0)
    rates = np.array([trial.choices["training.learning_rate"] for trial in desk.trials()])
    above = np.log10(rates) >= -1.5
    assert page.inside.tolist() == above.tolist() and 0 < above.sum() < 64
    assert int(np.isnan(page.faint.xData).sum()) == int((~above & ~broken(desk)).sum())
    # What is not held up is not met by the mouse.
    hidden = int(np.flatnonzero(~above & ~broken(desk))[0])
    assert np.isnan(page.places()[hidden]).any()
    page.all.click()
    assert page.inside.all() and not page.all.isVisible()


def test_the_mouse_draws_a_brush_and_a_click_on_the_axis_takes_it_away(desk: SweepDesk) -> None:
    page = desk.show(1, "parallel")
    page.drag(
        QPointF(float(page.frame.across[1]) + 5, page.frame.bottom), QPointF(900.0, float(page.frame.down(np.array(0.4))))
    )
    name = "training.optimizer"
    assert np.allclose(page.brushes[name], (0.0, 0.4))
    kinds = [trial.choices[name] for trial in desk.trials()]
    assert page.inside.tolist() == [kind == "sgd" for kind in kinds]
    drag(page, 1, 0.5, 1.0)
    assert name in page.brushes and page.brushes[name][1] > 0.9 and abs(page.brushes[name][0] - 0.5) < 0.05
    at = page.board.scene_position(float(page.frame.across[1]), float(page.frame.down(np.array(0.75))))
    QTest.mouseClick(page.canvas.viewport(), Qt.MouseButton.LeftButton, pos=page.canvas.mapFromScene(at))
    assert page.brushes == {} and desk.window.said.text() == ""


def test_the_scatter_has_a_point_for_every_trial_and_crosses_for_those_that_came_to_nothing(desk: SweepDesk) -> None:
    page = desk.show(1, "scatter")
    trials = desk.trials()
    rates = np.log10([trial.choices["training.learning_rate"] for trial in trials])
    assert np.allclose(page.plot.points[:, 0], rates)
    for place, trial in enumerate(trials):
        if trial.objective is not None:
            assert np.isclose(page.plot.points[place, 1], trial.objective)
    assert len(page.plot.crosses.data) == int(broken(desk).sum())
    assert sum(len(scatter.data) for scatter in page.plot.scatters) == int((~broken(desk)).sum())
    page.across.choose("training.optimizer")
    page.upwards.choose("validation_accuracy")
    levels = np.array([["sgd", "momentum", "adam"].index(trial.choices["training.optimizer"]) for trial in trials])
    assert (np.abs(page.plot.points[:, 0] - levels) <= 0.25).all()
    accuracies = [trial.figures["validation_accuracy"] for trial in trials if trial.state == DONE]
    assert np.allclose(page.plot.points[~broken(desk), 1], accuracies)


def test_the_best_so_far_never_gets_worse(desk: SweepDesk) -> None:
    page = desk.show(1, "best")
    trials = desk.trials()
    best, so_far = np.inf, []
    for trial in trials:
        best = min(best, trial.objective if trial.objective is not None else np.inf)
        so_far.append(best)
    assert np.allclose(page.csv_columns()["best so far"], so_far)
    assert np.allclose(page.line.yData[-1], so_far[-1]) and (np.diff(page.line.yData) <= 0).all()


def test_the_heat_map_has_the_mean_of_each_cell(driver: Driver) -> None:
    axes = (Listed("training.learning_rate", (0.001, 0.01, 0.1)), AXES[1], Listed("training.batch_size", (16, 64)))
    store_sweep(sweep_of(axes, Grid()))
    desk = SweepDesk(driver)
    page = desk.show(1, "heat")
    assert page.cells.shape == (3, 3)
    for row, kind in enumerate(("sgd", "momentum", "adam")):
        for column, rate in enumerate((0.001, 0.01, 0.1)):
            chosen = {"training.learning_rate": rate, "training.optimizer": kind}
            found = [one.objective for one in desk.trials() if chosen.items() <= one.choices.items() and one.objective]
            assert np.isclose(page.cells[row, column], np.mean(found)) if found else np.isnan(page.cells[row, column])
    # A cell means the best trial in it.
    place = page._best_in(2, 2)
    desk.move_to(page, place)
    assert desk.window.card.place == place and "Learning rate 0.1 · Optimizer adam" in desk.window.card.chosen.text()
    desk.close()


def test_a_sweep_of_one_setting_says_that_a_heat_map_takes_two(driver: Driver) -> None:
    store_sweep(sweep_of(AXES[:1], Random(trials=5)))
    desk = SweepDesk(driver)
    page = desk.show(1, "heat")
    assert "takes two settings" in page.empty.text() and page.empty.isVisible() and not page.canvas.isVisible()
    for name in ("parallel", "scatter", "best", "table"):
        assert not desk.show(1, name).is_empty
    desk.close()


@pytest.mark.parametrize("name", ["parallel", "scatter", "best"])
def test_hovering_tells_what_a_trial_chose_and_what_came_of_it(desk: SweepDesk, name: str) -> None:
    page, card = desk.show(1, name), desk.window.card
    assert "Hover a trial" in card.title.text() and not card.open.isVisible()
    for place, state in ((4, DONE), (9, DIVERGED)):
        trial = desk.trials()[place]
        if state == DONE or name != "parallel":
            desk.move_to(page, place)
        else:
            page.hovered.emit(place)
        assert card.place == place and trial.state == state
        assert f"Trial {trial.number}: " in card.title.text() and trial.choices["training.optimizer"] in card.chosen.text()
        assert card.came.text() == trial.reason if trial.reason else "validation accuracy" in card.came.text()


def test_a_trial_that_has_no_run_says_so(desk: SweepDesk) -> None:
    page = desk.show(1, "scatter")
    desk.click(page, 9)
    assert desk.window.said.text().startswith("Trial 10 has no run in the store: the loss was not finite")


def test_keys_go_from_point_to_point_with_their_names(desk: SweepDesk) -> None:
    page = desk.show(1, "scatter")
    page.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.canvas.accessibleDescription().startswith("trial ")
    QTest.keyClick(page.canvas, Qt.Key.Key_Right)
    assert page.pointer.frame.isVisible() and desk.window.card.place is not None
    QTest.keyClick(page.canvas, Qt.Key.Key_Return)
    assert "has no run in the store" in desk.window.said.text()


@pytest.mark.parametrize("name", ["table", "parallel", "scatter", "heat", "best"])
def test_every_page_is_exported(desk: SweepDesk, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = desk.show(1, name)
    for kind in page.kinds:
        path = tmp_path / f"out{kind}"
        desk.main.files.export(page, path, Paper((175.0, 90.0), theme="dark"))
        assert path.stat().st_size > 300 and str(path) in desk.window.said.text()
    if name == "table":
        # Numbers alone need no paper.
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *asked: (str(tmp_path / "out.csv"), ""))
    desk.window.bar.export.click()
    assert (desk.main.findChild(FigureDialog) is not None) == (name != "table")
    # What was put on paper is on the screen as it was.
    assert page.theme.name == "light" if name != "table" else True
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert len(lines) == (65 if name != "heat" else 1 + int((page.counts > 0).sum()))


def test_trials_that_change_are_drawn_anew_and_nothing_else_is(desk: SweepDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    page = desk.show(1, "scatter")
    drawn: list[int] = []
    monkeypatch.setattr(page, "draw", lambda draw=page.draw: (drawn.append(1), draw()))
    desk.driver.qtbot.wait(1000)
    assert drawn == []
    store = desk.store
    change_trial(store, 1, 10, state=DONE, reason="", objective=0.5)
    desk.wait_for(lambda: bool(drawn))
    assert np.isclose(page.plot.points[9, 1], 0.5)
    store.close()


def test_how_far_a_sweep_is_stands_above_it(driver: Driver) -> None:
    store_sweep(sweep_of(), ended=23, state=RUNNING)
    desk = SweepDesk(driver)
    desk.show(1, "parallel")
    bar = desk.window.bar
    # Nobody holds it: who ran it was killed.
    assert bar.said.text().startswith("cut off · 23 of 64 trials · 1 failed · 2 diverged")
    assert bar.go_on.isVisible() and not bar.pause.isVisible() and bar.progress.value() == 23
    desk.close()
