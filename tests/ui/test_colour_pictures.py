"""Pictures with three channels: signed ones do not cancel in a mean, and every number of a pixel can be reached."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.mlp import MLPSettings
from nnlab.probes import Selection
from nnlab.training import TrainingRun
from nnlab.ui.theme import signed_indices, signed_lut
from nnlab.ui.views.inspector.inspector import InspectorView
from nnlab.ui.views.inspector.panel import signed_bound
from nnlab.ui.views.inspector.unit import weight_picture
from nnlab.ui.views.network.column_images import image_of
from nnlab.ui.views.network.network import NetworkView
from nnlab.ui.views.parts.strongest import strongest_channel
from nnlab.ui.views.reconstructions.grid import CAPTIONS
from nnlab.ui.views.reconstructions.reconstructions import ReconstructionsView
from nnlab.words import figure, signed
from tests.models.small_runs import digits_run
from tests.probes.test_feature_maps_probe import pictures
from tests.ui.lone_view import LoneView
from tests.ui.test_small_panes import texts_on_each_other

SIDE = 4
NUMBERS = SIDE * SIDE * 3
CODING = AutoencoderSettings(layers=(Dense(6), ReLU(), Code(), Dense(NUMBERS), Sigmoid()))
CLASSES = MLPSettings(layers=(Dense(5), ReLU(), Dense(3), Softmax()))


def coloured(model: object) -> TrainingRun:
    run = digits_run(model, pictures(SIDE, 3, 3))
    next(run)
    return run


def farthest(values: np.ndarray) -> np.ndarray:
    """As `strongest_channel`, pixel by pixel."""
    flat = values.reshape(-1, values.shape[-1])
    return np.array([max(pixel, key=abs) for pixel in flat]).reshape(values.shape[:-1])


def test_of_opposite_channels_the_strongest_is_left() -> None:
    pixels = np.array([[[-44.0, 178.0, -46.0], [1.0, -2.0, 1.0], [0.0, 0.0, 0.0], [3.0, np.nan, 9.0]]])
    np.testing.assert_array_equal(strongest_channel(pixels), [[178, -2, 0, np.nan]])
    np.testing.assert_array_equal(strongest_channel(pixels[..., :1]), pixels[..., 0])


def test_the_error_of_a_coloured_pixel_is_that_of_its_worst_channel(qtbot: QtBot) -> None:
    stand = LoneView(qtbot, ReconstructionsView(), coloured(CODING), CODING, (900, 380))
    view, answer = stand.view, stand.view.answer
    errors = farthest(answer.difference)
    assert "largest error\nof 3 channels" in view.board.texts and not texts_on_each_other(view.board)
    row = 2 * (SIDE + 1) + 1
    tile = view.board.images[0].image[row : row + SIDE, 1 : 1 + SIDE]
    assert np.array_equal(tile, signed_lut(view.theme)[signed_indices(errors[0], view.bound)])
    grid = view.grid
    view._hover(view.board.scene_position(CAPTIONS + (1 + 1.5) * grid.scale, (row + 2.5) * grid.scale))
    assert f"largest error {figure(errors[0, 2, 1], 3, plus=True)} in channel " in view.readout.text()


@pytest.mark.parametrize("model", [CLASSES, CODING])
def test_saliency_is_that_of_the_strongest_channel(qtbot: QtBot, model: object) -> None:
    stand = LoneView(qtbot, InspectorView(), coloured(model), model, (330, 800))
    panel, saliency = stand.view.panels["example"], farthest(stand.view.answer.saliency)
    expected = image_of(signed_lut(stand.view.theme)[signed_indices(saliency, signed_bound(saliency))])
    assert panel.second.image == expected
    assert "strongest channel" in panel.second_name.text()


def test_every_weight_of_a_coloured_pixel_can_be_clicked(qtbot: QtBot) -> None:
    run = coloured(CLASSES)
    stand = LoneView(qtbot, InspectorView(), run, CLASSES, (330, 800))
    view = stand.view
    view.show_selection(Selection(layer="dense1", unit=2))
    # Words wait while numbers run: not here.
    view._soon.stop()
    stand.look()
    panel, weight = view.panels["unit"], run.model.parameters.view("dense1.weight")
    answer = panel.answer
    picture = weight_picture(answer)
    # Beside no map it has the whole width.
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    assert panel.weights.width() > 0.9 * panel.width()
    assert f"{NUMBERS} weights, 3 channels" in panel.weights_name.text()
    wanted: dict[tuple[int, ...], float] = {}
    panel.weight_wanted.disconnect()
    for row, column in np.ndindex(picture.shape):
        found: list[tuple[int, ...]] = []
        panel.weight_wanted.connect(lambda tensor, position, found=found: found.append(position))
        panel.weights.clicked.emit(row, column)
        panel.weight_wanted.disconnect()
        assert bool(found) == np.isfinite(picture[row, column])
        wanted |= dict.fromkeys(found, picture[row, column])
    assert wanted == {(place, 2): weight[place, 2] for place in range(NUMBERS)}
    # Green is the picture in the middle.
    green = weight[:, 2].reshape(SIDE, SIDE, 3)[..., 1]
    np.testing.assert_array_equal(picture[1:-1, 1 + SIDE + 1 : 1 + 2 * SIDE + 1], green)


def test_every_number_of_a_coloured_output_can_be_selected(qtbot: QtBot) -> None:
    run = coloured(CODING)
    stand = LoneView(qtbot, NetworkView(), run, CODING, (900, 460))
    view = stand.view
    diagram, column = view.diagram, view.answer.columns[-1]
    frame = diagram.frames[-1]
    assert frame.style == "picture" and frame.count == NUMBERS
    numbers = view.answer.numbers(len(view.answer.columns) - 1).ravel()
    for unit in range(NUMBERS):
        spot = diagram.spot_at(frame.unit_rect(unit).center())
        assert (spot.place, spot.unit) == (len(view.answer.columns) - 1, unit)
    row, across, channel = np.unravel_index(NUMBERS - 2, (SIDE, SIDE, 3))
    view._hover(diagram.mapToScene(frame.unit_rect(NUMBERS - 2).center()))
    assert f"row {row}, column {across}, channel {channel}" in view.readout.text()
    assert signed(numbers[NUMBERS - 2]) in view.readout.text()
    view.select_spot(diagram.spot_at(frame.unit_rect(NUMBERS - 2).center()))
    assert (view.selection.layer, view.selection.unit) == (column.name, NUMBERS - 2)


def test_gradients_of_a_coloured_input_are_those_of_the_strongest_channel(qtbot: QtBot) -> None:
    stand = LoneView(qtbot, NetworkView(), coloured(CLASSES), CLASSES, (900, 460))
    view = stand.view
    view.switch.buttons["gradients"].click()
    slopes = farthest(view.answer.numbers(0, gradients=True))
    _, image = view.diagram._images[0][0]
    assert image == image_of(signed_lut(view.theme)[signed_indices(slopes, view.diagram.bound(0))])
