"""Points drawn with the mouse on the Boundary view, from a toy and from an empty plane."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from nnlab.experiments.experiment import load_experiment
from nnlab.probes import Selection
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.boundary.boundary import BoundaryView
from tests.datasets.chosen import with_own
from tests.ui.conftest import Driver, example

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def pixel_of(view: BoundaryView, x: float, y: float) -> QPoint:
    return view.canvas.mapFromScene(view._plot.getViewBox().mapViewToScene(QPointF(x, y)))


def draw(driver: Driver, view: BoundaryView, *path: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Press at the first place, drag over the others, release at the last."""
    paper = view.canvas.viewport()
    driver.qtbot.mousePress(paper, button, pos=pixel_of(view, *path[0]))
    for place in path[1:]:
        at = QPointF(pixel_of(view, *place))
        keys = Qt.KeyboardModifier.NoModifier
        moved = QMouseEvent(QMouseEvent.Type.MouseMove, at, paper.mapToGlobal(at), Qt.MouseButton.NoButton, button, keys)
        QApplication.sendEvent(paper, moved)
    driver.qtbot.mouseRelease(paper, button, pos=pixel_of(view, *path[-1]))


def points(window: MainWindow) -> tuple:
    return window.session.experiment.dataset.source.points


def shown(view: BoundaryView) -> list[tuple[float, ...]]:
    """Every point in the picture with its class, filled or hollow."""
    classes = [(item, label) for (_, label), item in view.points._items.items()]
    return sorted(
        (round(float(x), 3), round(float(y), 3), label)
        for item, label in classes
        for x, y in zip(*item.getData(), strict=True)
    )


def wait_until_run(driver: Driver, window: MainWindow) -> None:
    """Until the run is that of the experiment."""
    session = window.session
    driver.wait_for(lambda: session.running is not None and session.running.dataset == session.experiment.dataset)
    driver.wait_for(lambda: window.stage._prepared.experiment.dataset == session.experiment.dataset)
    driver.wait_for(lambda: window.stage.current.answer is not None)


@pytest.fixture
def drawn(driver: Driver) -> MainWindow:
    """XOR's points gone over to drawn ones."""
    window = driver.open(example("xor", epochs=3))
    window.stage.show_view("boundary")
    driver.wait_for(lambda: window.stage.current.answer is not None)
    window.stage.current.drawing.bar.begin.click()
    wait_until_run(driver, window)
    return window


def empty(driver: Driver, window: MainWindow) -> BoundaryView:
    """The same window with an empty plane."""
    window.stage.current.drawing.bar.clear.click()
    driver.wait_for(lambda: window.session.dataset.name == "drawn" and len(window.session.dataset.train) == 0)
    QApplication.processEvents()
    return window.empty_plane.view


def test_the_points_of_a_toy_become_drawn_ones_and_all_are_shown(drawn: MainWindow, driver: Driver) -> None:
    assert drawn.session.experiment.dataset.source.name == "drawn"
    assert len(points(drawn)) == 400
    view = drawn.stage.current
    assert view.title == "Boundary" and shown(view) == sorted(points(drawn))
    hollow = sum(len(item.getData()[0]) for (held, _), item in view.points._items.items() if held)
    prepared = drawn.stage._prepared
    assert hollow == len(prepared.split.validation) + len(prepared.dataset.test) > 0


def test_a_click_adds_a_point_where_the_mouse_is_and_undo_takes_it_back(drawn: MainWindow, driver: Driver) -> None:
    view, before = drawn.stage.current, points(drawn)
    view.drawing.bar.chips[1].click()
    draw(driver, view, (0.2, -0.1))
    (x, y, label) = points(drawn)[-1]
    assert len(points(drawn)) == len(before) + 1 and label == 1
    assert (x, y) == pytest.approx((0.2, -0.1), abs=0.03)
    wait_until_run(driver, drawn)
    assert shown(view) == sorted(points(drawn))
    drawn.session.undo()
    wait_until_run(driver, drawn)
    assert points(drawn) == before and shown(view) == sorted(before)
    drawn.session.redo()
    assert len(points(drawn)) == len(before) + 1


def test_a_drag_is_one_step_of_undo_and_nothing_is_trained_before_it_ends(drawn: MainWindow, driver: Driver) -> None:
    view, before = drawn.stage.current, points(drawn)
    paper = view.canvas.viewport()
    driver.qtbot.mousePress(paper, LEFT, pos=pixel_of(view, -0.8, 0.0))
    at = QPointF(pixel_of(view, 0.8, 0.0))
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        paper, QMouseEvent(QMouseEvent.Type.MouseMove, at, paper.mapToGlobal(at), Qt.MouseButton.NoButton, LEFT, keys)
    )
    assert points(drawn) == before
    assert len(shown(view)) > len(before) + 5
    driver.qtbot.mouseRelease(paper, LEFT, pos=at.toPoint())
    assert len(points(drawn)) > len(before) + 5
    drawn.session.undo()
    assert points(drawn) == before


def test_the_right_button_and_the_eraser_take_points_away(drawn: MainWindow, driver: Driver) -> None:
    view = drawn.stage.current
    for button in (RIGHT, LEFT):
        before = points(drawn)
        place = before[0][:2]
        view.drawing.bar.tools["erase" if button == LEFT else "paint"].click()
        draw(driver, view, place, button=button)
        assert len(points(drawn)) < len(before) and before[0] not in points(drawn)
        assert all(np.hypot(x - place[0], y - place[1]) < 0.2 for x, y, _ in set(before) - set(points(drawn)))


def test_a_point_is_moved_with_its_class(drawn: MainWindow, driver: Driver) -> None:
    view, before = drawn.stage.current, points(drawn)
    view.drawing.bar.tools["move"].click()
    outermost = max(range(len(before)), key=lambda row: before[row][0])
    draw(driver, view, before[outermost][:2], (0.0, 0.0), (0.1, -0.3))
    changed = [row for row in range(len(before)) if before[row] != points(drawn)[row]]
    assert changed == [outermost]
    assert points(drawn)[outermost] == pytest.approx((0.1, -0.3, before[outermost][2]), abs=0.03)


def test_the_axes_hold_still_while_drawing(drawn: MainWindow, driver: Driver) -> None:
    view = drawn.stage.current
    driver.settle(drawn)
    before = view._plot.getViewBox().viewRange()
    view.drawing.bar.chips[2].click()
    draw(driver, view, (0.9, 0.9), (-0.9, -0.9))
    wait_until_run(driver, drawn)
    driver.wait_for(lambda: view.answer.probability.shape[2] == 3)
    driver.settle(drawn)
    assert np.allclose(view._plot.getViewBox().viewRange(), before)


def test_who_draws_while_it_trains_sees_it_train_on_with_the_new_points(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=100_000, patience=0))
    window.stage.show_view("boundary")
    window.stage.current.drawing.bar.begin.click()
    wait_until_run(driver, window)
    window.run_bar.run.click()
    driver.wait_for(lambda: window.session.progress.step > 50)
    draw(driver, window.stage.current, (0.0, 0.0))
    wait_until_run(driver, window)
    driver.wait_for(lambda: window.session.progress.is_running and window.session.progress.step > 5)
    assert window.notice.text == ""


def test_an_empty_plane_can_be_drawn_on_and_learns_from_two_classes_on(drawn: MainWindow, driver: Driver) -> None:
    view = empty(driver, drawn)
    assert view.isVisible() and not drawn.stage.isVisible()
    assert "two classes" in view.readout.text()
    assert not drawn.run_bar.run.isEnabled() and drawn.notice.text == ""
    assert drawn.architecture_panel.error_text == ""
    draw(driver, view, (-0.5, 0.5), (-0.5, -0.5))
    assert shown(view) == sorted(points(drawn)) != []
    assert view.isVisible()
    view.drawing.bar.chips[1].click()
    draw(driver, view, (0.5, 0.5), (0.5, -0.5))
    wait_until_run(driver, drawn)
    assert drawn.stage.isVisible() and not view.isVisible()
    assert drawn.stage.current.title == "Boundary" and shown(drawn.stage.current) == sorted(points(drawn))
    driver.finish(drawn)


def test_undo_leads_back_from_an_empty_plane(drawn: MainWindow, driver: Driver) -> None:
    before = points(drawn)
    empty(driver, drawn)
    drawn.session.undo()
    driver.wait_for(drawn.stage.isVisible)
    assert points(drawn) == before and shown(drawn.stage.current) == sorted(before)
    assert drawn.session.problem == "" and drawn.run_bar.run.isEnabled()


def test_choosing_drawn_on_pictures_shows_an_empty_plane_and_keeps_the_trained_run(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=2))
    driver.finish(window)
    number = window.session.progress.step
    window.dataset_panel._form.editor("source").setCurrentText("drawn")
    driver.wait_for(window.empty_plane.isVisible)
    driver.wait_for(lambda: window.session.dataset.name == "drawn")
    assert window.session.is_blank and not window.session.is_pending
    assert "at least two classes" in window.dataset_panel._hint.text()
    assert window.notice.text == ""
    window.session.undo()
    driver.wait_for(lambda: window.session.dataset.name == "digits" and window.stage.isVisible())
    assert window.session.progress.step == number
    with driver.qtbot.waitSignal(window.session.frame, timeout=60_000):
        window.session.frames.refresh()


def test_drawn_points_are_saved_and_opened_with_the_experiment(drawn: MainWindow, driver: Driver, tmp_path: Path) -> None:
    draw(driver, drawn.stage.current, (0.0, 0.0))
    wait_until_run(driver, drawn)
    assert drawn.session.save(tmp_path / "mine.toml")
    kept = points(drawn)
    assert load_experiment(tmp_path / "mine.toml").dataset.source.points == kept
    empty(driver, drawn)
    assert drawn.session.save(tmp_path / "empty.toml")
    for name, expected in (("mine.toml", kept), ("empty.toml", ())):
        drawn.files.open(tmp_path / name)
        driver.wait_for(lambda expected=expected: points(drawn) == expected)
        driver.wait_for(lambda expected=expected: drawn.empty_plane.isVisible() is not bool(expected))
        assert points(drawn) == expected


def test_a_click_on_a_toys_point_selects_it_and_a_selected_one_has_a_ring(driver: Driver) -> None:
    window = driver.open(example("xor", epochs=1))
    window.stage.show_view("boundary")
    view = window.stage.current
    driver.wait_for(lambda: view.answer is not None)
    prepared = window.stage._prepared
    place = prepared.dataset.train.inputs[prepared.split.validation[3]]
    driver.qtbot.mouseClick(view.canvas.viewport(), LEFT, pos=pixel_of(view, *place.tolist()))
    chosen = window.stage.selection
    index = prepared.split.validation if chosen.part == "validation" else prepared.split.train
    # Another point may lie as near to the pixel.
    assert np.allclose(prepared.dataset.train.inputs[index[chosen.example]], place, atol=0.05)
    window.stage.select(Selection(part="test", example=5))
    assert np.allclose(np.ravel(view.points.ring.getData()), prepared.dataset.test.inputs[5])


def test_every_tool_has_a_name_and_the_keyboard_reaches_it(drawn: MainWindow) -> None:
    bar = drawn.stage.current.drawing.bar
    names = [button.accessibleName() for button in (*bar.tools.values(), *bar.chips)]
    assert all(names) and len(set(names)) == 14
    bar.tools["erase"].click()
    bar.chips[3].click()
    assert (bar.tool, bar.label) == ("paint", 3)


def test_the_classes_that_are_drawn_are_the_models_outputs(drawn: MainWindow, driver: Driver) -> None:
    layers = drawn.session.experiment.model.layers
    drawn.session.edit(
        replace(
            drawn.session.experiment,
            dataset=with_own(drawn.session.experiment.dataset, points=((0, 0, 0), (1, 1, 1), (1, 0, 4))),
        )
    )
    wait_until_run(driver, drawn)
    assert len(drawn.session.dataset.class_names) == 5
    assert drawn.session.problem == "" or "outputs" in drawn.session.problem
    assert drawn.session.experiment.model.layers[:-2] == layers[:-2]
