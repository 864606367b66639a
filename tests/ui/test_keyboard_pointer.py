"""Whatever can be clicked in a picture can be reached with Tab, arrow keys and Enter."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from nnlab.datasets import DatasetSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.ui.activity import Activity
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views import View
from nnlab.ui.widgets.keyboard_pointer import nearest
from tests.ui.conftest import Driver, example

Key = Qt.Key
MLP = example("digits-mlp", epochs=1)
CODER = AutoencoderSettings((Dense(20), Sigmoid(), Code(), Dense(64), Sigmoid()))
WAYS = {Key.Key_Right: (1, 0), Key.Key_Down: (0, 1), Key.Key_Left: (-1, 0), Key.Key_Up: (0, -1)}
EXPERIMENTS = {
    "confusion": MLP,
    "predictions": MLP,
    "reconstructions": replace(MLP, model=CODER),
    "weights": MLP,
    "network": MLP,
    "feature_maps": replace(MLP, model=CNNSettings((Conv2D(3), ReLU(), Flatten(), Dense(10), Softmax()))),
    "boundary": replace(MLP, dataset=DatasetSettings({"kind": "moons", "samples": 60}, validation=0.3)),
}


@pytest.fixture(params=EXPERIMENTS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def opened(driver: Driver, name: str) -> tuple[MainWindow, View]:
    """A window whose run is over, with this view in front and active."""
    window = driver.open(EXPERIMENTS[name])
    driver.finish(window)
    view = driver.see(window, name)
    driver.wait_for(lambda: len(view._spots().places) > 1)
    window.activateWindow()
    return window, view


def tab_to(view: View) -> None:
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.canvas.hasFocus()


def press(view: View, *keys: Key) -> None:
    for key in keys:
        QTest.keyClick(view.canvas, key)


def middle(view: View) -> QPointF:
    return view.pointer.frame.rect().center()


def test_arrow_keys_go_from_spot_to_spot_and_say_what_is_there(driver: Driver, name: str):
    _, view = opened(driver, name)
    assert not view.pointer.frame.isVisible()
    tab_to(view)
    assert view.pointer.frame.isVisible()
    places, told = view._spots()
    seen = {view.canvas.accessibleDescription()}
    assert seen == {told(0)}
    for key in WAYS:
        before = middle(view)
        press(view, key)
        now = middle(view)
        way = WAYS[key]
        assert now == before or (now.x() - before.x()) * way[0] + (now.y() - before.y()) * way[1] > 0
        seen.add(view.canvas.accessibleDescription())
    assert len(seen) > 1
    centers = places[:, :2] + places[:, 2:] / 2
    assert np.hypot(*(centers - (now.x(), now.y())).T).min() < 1e-6


def test_enter_is_a_click_there(driver: Driver, name: str):
    window, view = opened(driver, name)
    tab_to(view)
    press(view, Key.Key_Right, Key.Key_Down, Key.Key_Right)
    places, _ = view._spots()
    centers = places[:, :2] + places[:, 2:] / 2
    number = int(np.hypot(*(centers - (middle(view).x(), middle(view).y())).T).argmin())
    press(view, Key.Key_Return)
    selection = window.stage.selection
    if name == "confusion":
        assert selection.cell == divmod(number, 10)
    elif name == "boundary":
        assert (selection.part, selection.example) == view._which(number)
    elif name == "weights":
        assert (selection.layer, selection.unit) == ("dense1", number)
        tensor, (_, unit) = selection.weight
        assert (tensor, unit) == ("dense1.weight", number)
    elif name == "network":
        spot = view.diagram.spots()[number][1]
        assert (selection.layer, selection.unit) == (view.answer.columns[spot.place].name, spot.unit)
    elif name == "feature_maps":
        assert (selection.layer, selection.unit) == ("conv2d1", number % 3)
    else:
        assert (selection.part, selection.example) == ("validation", int(view.answer.places[number]))


def test_the_windows_keys_are_the_windows_again_after_a_click(driver: Driver):
    window, view = opened(driver, "confusion")
    session = window.session
    session.edit(replace(session.experiment, training=replace(session.experiment.training, epochs=9)))
    driver.wait_for(lambda: session.progress.activity is Activity.PAUSED)
    steps = session.progress.step
    tab_to(view)
    press(view, Key.Key_Right)
    window.setFocus()
    assert not view.pointer.frame.isVisible()
    # Beside the matrix; a cell would bring another view to the front.
    QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert view.canvas.hasFocus() and not view.pointer.frame.isVisible()
    press(view, Key.Key_Right)
    # One step, and not a second for the key that moved the frame.
    driver.wait_for(lambda: session.progress.step > steps)
    assert session.progress.step == steps + 1


def test_after_a_resize_enter_does_not_click_what_lies_there_now(driver: Driver):
    window, view = opened(driver, "weights")
    tab_to(view)
    press(view, Key.Key_Right)
    view.canvas.resize(view.canvas.width() - 40, view.canvas.height() - 20)
    assert not view.pointer.frame.isVisible()
    before = window.stage.selection
    press(view, Key.Key_Return)
    assert window.stage.selection == before


def test_tab_passes_by_pictures_on_which_nothing_can_be_chosen(driver: Driver):
    window, view = opened(driver, "predictions")
    assert view.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    for other in (window.curves, window.stage.view("distributions")):
        assert not other.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_while_points_are_drawn_the_plane_belongs_to_the_mouse(driver: Driver):
    _, view = opened(driver, "boundary")
    tab_to(view)
    view.drawing.bar.begun.emit()
    driver.wait_for(lambda: view.drawing.is_on)
    press(view, Key.Key_Right)
    assert not view.pointer.frame.isVisible()


@pytest.mark.parametrize(
    ("way", "found"), [((1, 0), 1), ((-1, 0), None), ((0, 1), 2), ((0, -1), None), ((0, 0), 0)], ids=str
)
def test_the_nearest_is_looked_for_in_the_way_one_goes(way: tuple[int, int], found: int | None):
    places = np.array([(0, 0, 2, 2), (10, 1, 2, 2), (1, 12, 2, 2), (11, 13, 2, 2), (6, 7, 2, 2)], float)
    assert nearest(places, QPointF(1, 1), way) == found
