"""Everything fits: in the small panes of a usual screen views wrap, cut with dots, or scroll; nothing clips."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from nnlab.experiments.experiment import Experiment
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.cnn import CNNSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.shape import Code, Flatten
from nnlab.models.rbm_settings import RBMSettings
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views import View
from nnlab.ui.views.parts.board import Board
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.flow import Captioned
from nnlab.ui.widgets.folding_row import FoldingRow
from tests.ui.conftest import Driver, example

CODED = AutoencoderSettings((Dense(16), ReLU(), Dense(2), Code(), Dense(64), Sigmoid()))
CONVOLUTIONAL = CNNSettings((Conv2D(4), ReLU(), MaxPool2D(2), Conv2D(4), ReLU(), Flatten(), Dense(10), Softmax()))
MODELS = {"mlp": None, "cnn": CONVOLUTIONAL, "autoencoder": CODED, "rbm": RBMSettings(hidden=20)}
# What belongs to the Network view is held by its own tests.
OTHERS = {"network"}


def experiment(kind: str) -> Experiment:
    if kind == "xor":
        return example("xor", epochs=1)
    digits = example("digits-mlp", epochs=1)
    return replace(digits, model=MODELS[kind]) if MODELS[kind] else digits


def visible_children(widget: QWidget) -> list[QWidget]:
    inner = widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [child for child in inner if child.isVisible() and not child.isWindow()]


def outside_or_on_each_other(widget: QWidget) -> list[str]:
    """The visible children, and theirs, that are cut off or lie on a sibling."""
    found, children = [], visible_children(widget)
    for child in children:
        if not widget.rect().contains(child.geometry()):
            found.append(f"{named(child)} {child.geometry()} is outside of {named(widget)} {widget.rect()}")
        is_whole = isinstance(child, QLabel) and not isinstance(child, Elided) and not child.wordWrap()
        if is_whole and child.width() < child.sizeHint().width() - 1:
            found.append(f"{named(child)} is cut: {child.width()} of {child.sizeHint().width()} pixels")
        if type(child) in (QWidget, FoldingRow, Captioned):
            found += outside_or_on_each_other(child)
    found += [
        f"{named(first)} lies on {named(second)}"
        for first, second in combinations(children, 2)
        if first.geometry().intersects(second.geometry())
    ]
    return found


def named(widget: QWidget) -> str:
    text = f" '{widget.text()}'" if isinstance(widget, QLabel) else ""
    return f"{type(widget).__name__} {widget.accessibleName()}{text}"


def texts_on_each_other(board: Board) -> list[str]:
    """Texts of a board that run into each other."""
    places = [
        (text.text(), text.sceneBoundingRect().adjusted(2, 4, -2, -4))
        for text in board._texts
        if text.isVisible() and text.text()
    ]
    return [f"'{one}' on '{other}'" for (one, here), (other, there) in combinations(places, 2) if here.intersects(there)]


def views_of(window: MainWindow, driver: Driver, count: int) -> Iterator[View]:
    """All views that fit, each in a pane, with an answer drawn."""
    window.resize(1280, 800)
    window.stage.arrange(count)
    for name in window.stage._fitting:
        if name not in OTHERS:
            yield driver.see(window, name)


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("kind", ["xor", *MODELS])
def test_nothing_is_cut_off_or_lies_on_something_else(driver: Driver, kind: str, count: int) -> None:
    window = driver.open(experiment(kind))
    for view in views_of(window, driver, count):
        QApplication.processEvents()
        assert view.height() >= view.minimumSizeHint().height() and view.width() >= view.minimumSizeHint().width()
        assert not outside_or_on_each_other(view), view.title
        assert view.canvas.height() >= view.least_picture[1] or not view.canvas.isVisible(), view.title
        if hasattr(view, "board"):
            assert not texts_on_each_other(view.board), view.title


@pytest.mark.parametrize(
    ("kind", "name"), [("xor", "gradient_check"), ("autoencoder", "gradient_check"), ("autoencoder", "latent_svm")]
)
def test_what_a_job_brings_fits_too(driver: Driver, kind: str, name: str) -> None:
    window = driver.open(experiment(kind))
    window.resize(1280, 800)
    window.stage.arrange(4)
    view = driver.see(window, name)
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    driver.wait_for(lambda: view.canvas.height() >= view.canvas.minimumHeight())
    QApplication.processEvents()
    assert not outside_or_on_each_other(view)
    assert view.canvas.isVisible() and area_of(view).verticalScrollBar().maximum() == 0
    if hasattr(view, "board"):
        assert not texts_on_each_other(view.board)
    # Where there is no room for the table it has the pictures' place when it is asked for.
    assert not view.table.isVisible()
    view.switch.buttons["numbers"].click()
    driver.wait_for(lambda: view.table.isVisible() and not view.canvas.isVisible())
    QApplication.processEvents()
    assert view.table.viewport().height() >= 48 and not outside_or_on_each_other(view)
    window.stage.arrange(1)
    driver.see(window, name)
    window.resize(1600, 1000)
    driver.wait_for(lambda: view.table.isVisible() and view.canvas.isVisible() and view.switch.isHidden())


def test_the_plane_has_the_line_that_its_words_would_take(driver: Driver) -> None:
    window = driver.open(experiment("xor"))
    window.resize(1280, 800)
    window.stage.arrange(4)
    view = driver.see(window, "boundary")
    driver.finish(window)
    driver.wait_for(lambda: view._plot.getViewBox().height() >= 100)
    readout, controls = view.readout.geometry(), view.controls.rect()
    assert readout.height() and abs(readout.center().y() - controls.center().y()) <= 2


def test_the_matrices_can_be_read_in_one_pane_and_in_two(driver: Driver) -> None:
    window = driver.open(experiment("autoencoder"))
    window.resize(1280, 800)
    view = driver.see(window, "latent_svm")
    with driver.qtbot.waitSignal(view.control.done, timeout=60_000):
        view.control.button.click()
    for count in (1, 2):
        window.stage.arrange(count)
        driver.see(window, "latent_svm")
        QApplication.processEvents()
        for plot in view.plots.values():
            box = plot.getViewBox()
            assert min(box.width(), box.height()) >= 100
            heading, place = plot.heading.sceneBoundingRect(), plot.heading.mapRectToScene(plot.heading.itemRect())
            assert place.width() <= heading.width() + 1 and place.bottom() <= plot.sceneBoundingRect().top() + 1


def test_what_does_not_fit_scrolls_and_pictures_leave_the_wheel_to_it(driver: Driver) -> None:
    window = driver.open(experiment("rbm"))
    window.resize(1280, 800)
    window.stage.arrange(4)
    view = driver.see(window, "samples")
    bar = area_of(view).verticalScrollBar()
    view.canvas.setMinimumHeight(600)
    driver.wait_for(lambda: bar.maximum() > 0)
    assert not takes_wheel(view.canvas.viewport())
    view.canvas.setMinimumHeight(view.least_picture[1])
    driver.wait_for(lambda: bar.maximum() == 0)


def area_of(view: View) -> QScrollArea:
    return view.parentWidget().parentWidget()


def takes_wheel(widget: QWidget) -> bool:
    place, at_rest = QPointF(20, 20), Qt.ScrollPhase.NoScrollPhase
    buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(place, widget.mapToGlobal(place), QPoint(), QPoint(0, -240), buttons, keys, at_rest, False)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_a_view_that_moves_to_another_pane_is_neither_lost_nor_shown_twice(driver: Driver) -> None:
    window = driver.open(experiment("mlp"))
    window.stage.arrange(4)
    before = [pane.view for pane in window.stage.panes]
    window.stage._choose(window.stage.panes[0], "confusion")
    now = [pane.view for pane in window.stage.panes]
    assert set(now) == set(before) and now[0].title == "Confusion"
    assert all(view.isVisible() and pane.isAncestorOf(view) for pane, view in zip(window.stage.panes, now, strict=True))
    window.stage.arrange(1)
    assert not any(view.isVisible() for view in now[1:])
    surface = window.appearance.theme.surface
    grabbed = window.stage.panes[0].grab().toImage()
    corner = grabbed.rect().bottomLeft() + QPoint(3, -3)
    assert grabbed.pixelColor(corner).name().upper() == surface.upper()
