"""What is drawn is what the probes say."""

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QApplication

from nnlab.probes import PROBES, Selection, look
from nnlab.probes.mosaic import Mosaic, best_mosaic
from nnlab.probes.parameter import WeightInspection
from nnlab.probes.weights import WeightPictures
from nnlab.ui.main_window import MainWindow
from nnlab.ui.theme import DARK, GAP, LIGHT, signed_indices, signed_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.curves.legend import STAR_COLOR
from nnlab.ui.views.curves.smoothing import envelope
from nnlab.ui.views.weights import WeightsView
from nnlab.words import percent, signed
from tests.ui.conftest import Driver, example
from tests.ui.lone_view import Click


def test_every_view_draws_a_probe_that_exists() -> None:
    assert all(row.make.load().probe in PROBES for row in VIEWS.values())


def test_only_views_that_fit_have_a_tab(xor: MainWindow, driver: Driver) -> None:
    assert xor.stage._fitting[0] == "network"
    assert {"boundary", "weights", "confusion"} < set(xor.stage._fitting)
    with driver.qtbot.waitSignal(xor.session.prepared, timeout=60_000):
        xor.dataset_panel._form.editor("source").setCurrentText("digits")
    assert "boundary" not in xor.stage._fitting
    assert {"network", "weights", "confusion"} < set(xor.stage._fitting)


def test_weights_are_drawn_tile_by_tile(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    view = driver.see(digits, "weights")
    driver.wait_for(lambda: view.answer is not None)
    probed = look(digits.session._link.worker._run, "weights", Selection()).value
    driver.wait_for(lambda: np.array_equal(view.answer.tiles, probed.tiles))
    drawn = view.image.image
    for tile in (0, 17, 63):
        x, y = view.mosaic.corner_of(tile)
        patch = drawn[y + 1 : y + 9, x + 1 : x + 9]
        assert np.array_equal(patch, signed_indices(probed.tiles[tile], view.bound))
        assert (drawn[y, x : x + 9] == GAP).all()


def test_weights_hover_reads_the_number(digits: MainWindow, driver: Driver) -> None:
    view = driver.see(digits, "weights")
    driver.wait_for(lambda: view.answer is not None)
    x, y = view.mosaic.corner_of(5)
    view._hover(view._box.mapViewToScene(QPointF(x + 3.5, y + 2.5)))
    assert signed(view.answer.tiles[5, 1, 2]) in view.readout.text()
    assert "unit 5" in view.readout.text()


def test_what_is_said_of_a_weight_is_of_the_layer_that_is_shown(digits: MainWindow, driver: Driver) -> None:
    view = driver.see(digits, "weights")
    assert view.readout.text() == "64 units"
    middle = view.mosaic.columns * (view.mosaic.rows // 2) + 1
    x, y = view.mosaic.corner_of(middle)
    view.canvas.scene().sigMouseMoved.emit(view._box.mapViewToScene(QPointF(x + 3.5, y + 2.5)))
    assert view.readout.text().startswith(f"dense1 · unit {middle}")
    view.select(layer="dense2", unit=3)
    driver.wait_for(lambda: view.answer.layer == "dense2")
    assert view.readout.text().startswith("dense2 · unit ")
    QApplication.sendEvent(view.canvas.viewport(), QEvent(QEvent.Type.Leave))
    assert view.readout.text() == "10 units" and not view._frame.isVisible()


def test_a_click_on_a_weight_selects_it_and_its_unit(digits: MainWindow, driver: Driver) -> None:
    digits.docks[2].show()
    view = driver.see(digits, "weights")
    driver.wait_for(lambda: view.answer is not None)
    x, y = view.mosaic.corner_of(5)
    view._click(Click(view._box.mapViewToScene(QPointF(x + 3.5, y + 2.5))))
    driver.wait_for(lambda: isinstance(digits.inspector.answer, WeightInspection))
    seen = digits.inspector.answer
    assert (seen.tensor, seen.position) == ("dense1.weight", (1 * 8 + 2, 5))
    assert seen.value == view.answer.tiles[5, 1, 2]
    assert (digits.stage.selection.layer, digits.stage.selection.unit) == ("dense1", 5)
    assert view._selected.isVisible()


def test_another_layer_can_be_chosen(digits: MainWindow, driver: Driver) -> None:
    view = driver.see(digits, "weights")
    driver.wait_for(lambda: view.answer is not None)
    view._layer.setCurrentText("dense2")
    driver.wait_for(lambda: view.answer.layer == "dense2")
    assert view.answer.tiles.shape == (10, 8, 8)


def test_the_boundary_shows_the_network_and_all_points(xor: MainWindow, driver: Driver) -> None:
    driver.finish(xor)
    view = driver.see(xor, "boundary")
    run = xor.session._link.worker._run
    probed = look(run, "boundary", Selection()).value
    driver.wait_for(lambda: view.answer is not None and np.array_equal(view.answer.probability, probed.probability))
    expected = signed_indices(probed.probability[:, :, 1] - probed.probability[:, :, 0], 1.0)
    assert np.array_equal(view.image.image, expected)
    assert sum(len(scatter.data) for scatter in view.points.items) == 400
    train, validation = view.points.items[:2], view.points.items[2:]
    assert sum(len(scatter.data) for scatter in validation) == len(run.data.split.validation)
    assert train[0].opts["brush"].color() != validation[0].opts["brush"].color()


def test_a_trained_xor_separates_the_four_corners(driver: Driver) -> None:
    window = driver.open(example("xor"))
    driver.finish(window)
    view = driver.see(window, "boundary")
    driver.wait_for(lambda: view.answer is not None)
    probability = view.answer.probability
    left, right, bottom, top = view.answer.extent

    def at(x: float, y: float) -> int:
        row = int((y - bottom) / (top - bottom) * 99)
        column = int((x - left) / (right - left) * 99)
        return int(probability[row, column].argmax())

    assert [at(-1, -1), at(1, 1), at(-1, 1), at(1, -1)] == [0, 0, 1, 1]


def test_three_classes_are_blended(driver: Driver) -> None:
    from dataclasses import replace

    experiment = example("xor", epochs=2)
    layers = (*experiment.model.layers[:2], replace(experiment.model.layers[2], units=3), experiment.model.layers[3])
    window = driver.open(
        replace(
            experiment,
            dataset=replace(experiment.dataset, source="gaussians"),
            model=replace(experiment.model, layers=layers),
        )
    )
    view = driver.see(window, "boundary")
    driver.wait_for(lambda: view.answer is not None)
    assert view.image.image.shape == (100, 100, 3)


def test_the_confusion_matrix_and_its_scores_are_the_evaluation(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    view = driver.see(digits, "confusion")
    evaluation = digits.session._link.worker._run.evaluation
    driver.wait_for(lambda: view.answer is not None and np.array_equal(view.answer.confusion, evaluation.confusion))
    numbers = [text.textItem.toPlainText() for text in view._numbers]
    assert numbers == [f"{count:,}" if count else "" for count in evaluation.confusion.ravel()]
    hits = evaluation.confusion[3, 3]
    assert view.table.item(3, 1).text() == percent(hits / evaluation.confusion[3].sum())
    assert view.table.item(3, 0).text() == percent(hits / evaluation.confusion[:, 3].sum())


def test_curves_show_the_history(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    digits.curves.redraw()
    history, panel = digits.session.history, digits.curves.panels["loss"]
    x, y = panel.raw.getOriginalDataset()
    assert np.array_equal(x, history.steps["epoch"].values)
    assert np.array_equal(y, history.steps["loss"].values)
    x, y = panel.epochs.line.getOriginalDataset()
    assert np.array_equal(y, history.epochs["validation_loss"].values)
    digits.curves.controls.choose_axis("batches")
    assert np.array_equal(panel.raw.getOriginalDataset()[0], history.steps["step"].values)


def test_curves_can_be_linear_and_without_raw(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    panel = digits.curves.panels["loss"]
    assert panel.plot.getAxis("left").logMode
    digits.curves.controls.log.setChecked(False)
    assert not panel.plot.getAxis("left").logMode
    digits.curves.controls.raw.setChecked(False)
    x, _ = panel.raw.getOriginalDataset()
    assert x is None or len(x) == 0


def test_curves_hover_reads_the_nearest_step(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    digits.curves.redraw()
    box = digits.curves.panels["loss"].plot.getViewBox()
    digits.curves._hover(box.mapViewToScene(QPointF(1.0, box.viewRange()[1][0])))
    history = digits.session.history
    place = int(np.searchsorted(history.steps["epoch"].values, 1.0))
    shown = digits.curves.readout.text()
    assert any(f"{history.steps['loss'].values[near]:.4f}" in shown for near in (place - 1, place, place + 1))


def test_what_hovering_showed_on_the_curves_goes_when_the_mouse_leaves(digits: MainWindow, driver: Driver) -> None:
    driver.finish(digits)
    curves = digits.curves
    curves.redraw()
    box = curves.panels["loss"].plot.getViewBox()
    curves.canvas.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(1.0, box.viewRange()[1][0])))
    assert all(panel.cursor.isVisible() for panel in curves.panels.values())
    assert curves.readout.text().startswith("batch")
    QApplication.sendEvent(curves.canvas.viewport(), QEvent(QEvent.Type.Leave))
    assert not any(panel.cursor.isVisible() for panel in curves.panels.values())
    assert not curves.readout.isVisible() and not curves.readout.text()


def test_the_legend_is_whole_beside_the_inspector_and_its_star_has_the_stars_colour(
    digits: MainWindow, driver: Driver
) -> None:
    digits.resize(1280, 800)
    digits.docks[2].show()
    driver.finish(digits)
    digits.curves.redraw()
    legend = digits.curves.legend
    driver.wait_for(lambda: legend.text().startswith("— training") and legend.shown == legend.text())
    picture = legend.grab().toImage()
    start = legend.fontMetrics().horizontalAdvance(legend.text().split("★")[0])
    colors = {picture.pixelColor(x, y).name() for x in range(start, start + 12) for y in range(picture.height())}
    assert QColor(STAR_COLOR).name() in colors and QColor(digits.curves.theme.muted).name() not in colors


def test_empty_curves_say_what_will_be_there(digits: MainWindow, driver: Driver) -> None:
    said, plot = digits.curves.said, digits.curves.panels["loss"].plot
    box = digits.curves.canvas.mapFromScene(plot.getViewBox().sceneBoundingRect()).boundingRect()
    assert said.isVisible() and said.text() == "Loss and accuracy appear here once it trains."
    assert box.contains(said.geometry()) and said.heightForWidth(said.width()) <= said.height()
    driver.finish(digits)
    digits.curves.redraw()
    assert not said.isVisible()


def test_an_envelope_keeps_every_extreme() -> None:
    y = np.random.default_rng(1).normal(size=100_003)
    y[77_777], y[5] = 50.0, -50.0
    x = np.arange(len(y), dtype=float)
    few_x, few_y = envelope(x, y)
    assert len(few_x) < 2000
    assert (np.diff(few_x) > 0).all()
    assert few_y.max() == 50.0 and few_y.min() == -50.0
    assert few_x[-1] == x[-1]


@pytest.mark.parametrize(("count", "height", "width"), [(128, 28, 28), (10, 8, 16), (1, 1, 1), (7, 2, 3)])
def test_a_mosaic_finds_its_tiles_again(count: int, height: int, width: int) -> None:
    mosaic = best_mosaic(count, height, width, 2.0)
    tiles = np.arange(count * height * width, dtype=float).reshape(count, height, width)
    whole = mosaic.assemble(tiles)
    assert whole.shape == mosaic.shape
    for y in range(whole.shape[0]):
        for x in range(whole.shape[1]):
            found = mosaic.tile_at(x + 0.5, y + 0.5)
            assert np.isnan(whole[y, x]) if found is None else whole[y, x] == tiles[found]


def test_a_mosaic_fills_its_area() -> None:
    assert best_mosaic(128, 28, 28, 2.0) == Mosaic(128, 28, 28, 16)
    assert best_mosaic(100, 8, 8, 1.0).columns == 10


@pytest.mark.parametrize(("count", "aspect", "columns"), [(256, 0.9, 16), (36, 1.46, 6), (8, 1.0, 3)])
def test_a_mosaic_leaves_no_row_nearly_empty_for_slightly_larger_tiles(count: int, aspect: float, columns: int) -> None:
    assert best_mosaic(count, 28, 28, aspect).columns == columns


def test_the_frame_around_a_flat_tile_is_hardly_higher_than_the_tile() -> None:
    _, y, _, height = Mosaic(8, 1, 2, 4).frame_of(0)
    assert y < 1 < 2 < y + height and height < 1.5
    assert Mosaic(9, 28, 28, 3).frame_of(4) == (29.5, 29.5, 29, 29)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_the_signed_scale_is_symmetric_about_neutral(theme) -> None:
    lut = signed_lut(theme).astype(int)
    assert lut.shape == (256, 3)
    assert lut[0][0] > lut[0][2] and lut[254][2] > lut[254][0]
    indices = signed_indices(np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan]), 1.0)
    assert list(indices) == [0, 0, 127, 254, 254, GAP]


def test_every_plot_follows_the_theme(digits: MainWindow, driver: Driver) -> None:
    for mode, theme in (("dark", DARK), ("light", LIGHT)):
        digits.appearance.choose(mode)
        for canvas in digits.findChildren(pg.GraphicsLayoutWidget):
            assert canvas.backgroundBrush().color().name().lower() == theme.surface.lower()
        assert digits.palette().window().color().name().lower() == theme.ground.lower()


def test_a_hidden_view_asks_for_nothing(digits: MainWindow, driver: Driver) -> None:
    assert [wanted.probe for wanted in digits.stage.wanted_probes()] == ["network"]
    driver.see(digits, "confusion")
    assert [wanted.probe for wanted in digits.stage.wanted_probes()] == ["confusion"]
    digits.hide()
    assert digits.stage.wanted_probes() == ()


@pytest.mark.filterwarnings("error")
def test_weights_that_are_no_numbers_have_a_scale(qtbot) -> None:
    view = WeightsView()
    qtbot.addWidget(view)
    for tiles, bound in ((np.full((1, 1, 3), np.nan), 1), (np.array([[[np.inf, np.nan, 4.0]]]), 5)):
        view.take(WeightPictures("dense1", ("dense1",), 1, tiles.astype(np.float32), np.zeros(1, np.float32)))
        assert view.bound == bound


def test_space_belongs_to_training_after_another_view_was_chosen(digits: MainWindow, driver: Driver) -> None:
    view = driver.see(digits, "confusion")
    digits.activateWindow()
    view.canvas.setFocus()
    driver.wait_for(view.canvas.hasFocus)
    digits.stage.show_view("weights")
    assert not isinstance(QApplication.focusWidget(), QAbstractButton)
    driver.qtbot.keyClick(digits, Qt.Key.Key_Space)
    driver.wait_for(lambda: digits.session.progress.step > 0)


def test_space_belongs_to_training_after_something_was_chosen_from_a_list(digits: MainWindow, driver: Driver) -> None:
    digits.activateWindow()
    choice = digits.curves.controls._axis
    choice.setFocus(Qt.FocusReason.MouseFocusReason)
    driver.wait_for(choice.hasFocus)
    # What Qt does when something is chosen; an open list has no place on an offscreen display.
    choice.setCurrentIndex(1)
    choice.hidePopup()
    assert not choice.hasFocus()
    driver.qtbot.keyClick(digits.focusWidget() or digits, Qt.Key.Key_Space)
    driver.wait_for(lambda: digits.session.progress.step > 0)


def test_who_comes_to_a_list_with_the_keyboard_stays_there(digits: MainWindow, driver: Driver) -> None:
    digits.activateWindow()
    choice = digits.curves.controls._axis
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    driver.wait_for(choice.hasFocus)
    choice.hidePopup()
    assert choice.hasFocus()


def test_the_selected_unit_is_framed_among_the_weights(digits: MainWindow, driver: Driver) -> None:
    view = driver.see(digits, "weights")
    view.select(layer="dense1", unit=7)
    driver.wait_for(view._selected.isVisible)
    x, y = view.mosaic.corner_of(7)
    place = view._selected.place
    assert place is not None and (place.x(), place.y()) == (x + 0.5, y + 0.5)
    assert view._selected.pen().color() == view.theme.text and view._selected._halo.pen().color() == view.theme.surface
