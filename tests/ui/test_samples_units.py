"""Filters and hidden units in the Samples view: told by the mouse, selected by a click, reached with keys."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from nnlab.probes import Selection
from nnlab.ui.main_window import MainWindow
from nnlab.ui.views.samples.samples import SamplesView
from nnlab.ui.widgets.keyboard_pointer import KeyClick
from nnlab.words import signed
from tests.ui.conftest import Driver
from tests.ui.test_samples import dreaming, samples_of


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    return driver.open(dreaming())


def over_filter(view: SamplesView, unit: int, row: int, column: int) -> QPointF:
    x, y = view.units.filters.mosaic.corner_of(unit)
    return view.units.filters.mapViewToScene(QPointF(x + 1.5 + column, y + 1.5 + row))


def click(view: SamplesView, position: QPointF) -> None:
    QTest.mouseClick(
        view.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, view.canvas.mapFromScene(position)
    )


def test_a_filter_tells_its_weights_and_is_selected_by_a_click(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    position = over_filter(view, 11, 2, 5)
    view._hover(position)
    weight = window.session._link.worker._run.model.weight[2 * 8 + 5, 11]
    assert view.readout.text() == f"rbm · unit 11 · weight {signed(weight)}"
    assert view.units.filters._frame.isVisible()
    click(view, position)
    driver.wait_for(lambda: view.selection.unit == 11)
    assert (view.selection.layer, view.selection.example) == ("rbm", 0)
    assert view.units.filters._mark.isVisible()
    x, y = view.units.filters.mosaic.corner_of(11)
    assert view.units.filters._mark.rect().topLeft() == QPointF(x + 0.5, y + 0.5)
    assert view.units.chosen_unit.isVisible() and view.units.chosen_unit.rect().left() == 11


def test_the_picture_of_hidden_units_selects_unit_and_example(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    position = view.units.hidden_box.mapViewToScene(QPointF(7.5, 40.5))
    view._hover(position)
    example = int(view.units.units.places[40])
    run = window.session._link.worker._run
    v = run.data.learning.gather(run.data.split.train[example : example + 1])[0]
    probability = run.model.hidden_probabilities(v)[0, 7]
    assert view.readout.text() == f"rbm · unit 7 · training example {example} · p(h = 1 | v) = {probability:.3f}"
    click(view, position)
    driver.wait_for(lambda: view.selection.unit == 7)
    assert (view.selection.layer, view.selection.part, view.selection.example) == ("rbm", "train", example)
    assert view.units.chosen_unit.rect().left() == 7
    assert view.units.chosen_case.isVisible() and view.units.chosen_case.rect().top() == 40


def test_what_is_selected_elsewhere_is_framed_if_it_is_here(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    units = view.units
    window.stage.select(Selection(layer="rbm", unit=3, part="validation", example=int(units.units.places[2])))
    assert units.filters._mark.isVisible() and units.chosen_unit.isVisible() and not units.chosen_case.isVisible()
    window.stage.select(Selection(layer="reconstruction", unit=3, example=int(units.units.places[2])))
    assert not units.filters._mark.isVisible() and not units.chosen_unit.isVisible() and units.chosen_case.isVisible()
    window.stage.select(Selection(layer="rbm", unit=99, example=int(units.units.places[2]) + 1))
    assert not units.filters._mark.isVisible() and not units.chosen_unit.isVisible() and not units.chosen_case.isVisible()


def test_keys_reach_every_chain_filter_and_hidden_unit(window: MainWindow, driver: Driver) -> None:
    view = samples_of(window, driver)
    places, name = view.pointer._spots()
    assert len(places) == 36 + 16 + 64 * 16
    assert name(4) == f"chain 4 · F(v) = {view.answer.energy[4]:+.1f} nats".replace("-", "−")
    example = view.units.units.places[1]
    hidden = f"rbm · unit 9 · training example {example} · p(h"
    for spot, unit, text in ((36 + 5, 5, "rbm · unit 5"), (52 + 16 + 9, 9, hidden)):
        assert name(spot).startswith(text)
        x, y, width, height = places[spot]
        middle = QPointF(x + width / 2, y + height / 2)
        view.canvas.scene().sigMouseMoved.emit(middle)
        assert view.readout.text().startswith(text)
        view.canvas.scene().sigMouseClicked.emit(KeyClick(middle))
        driver.wait_for(lambda wanted=unit: view.selection.unit == wanted)
    assert view.selection.example == example
