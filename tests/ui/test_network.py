"""The network diagram: what is painted is what the probe says, and a click selects what lies under it."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code, Flatten
from nnlab.probes import Moment, Selection, look
from nnlab.probes.columns import columns_of
from nnlab.probes.magnitude import magnitude
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from nnlab.ui.main_window import MainWindow
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import CLASS_COLORS, DARK, LIGHT, class_lut, signed_indices, signed_lut
from nnlab.ui.views.network.column_images import image_of, line_strengths
from nnlab.ui.views.network.layout import arrange, ends, line_at
from nnlab.ui.views.network.network import NetworkView
from nnlab.ui.views.parts.scales import Scales
from nnlab.words import figure, signed
from tests.targets import numbered
from tests.training.runs import toy_data, toy_run
from tests.ui.conftest import Driver, example

DEEP = tuple(layer for units in (784, 1000, 500, 250) for layer in (Dense(units), LAYERS["sigmoid"]()))
NOTHING = Selection()
SIZES = [(560, 300), (900, 420), (1860, 800)]
SMALL_CNN = (Conv2D(4), ReLU(), LAYERS["max_pool2d"](), Flatten(), Dense(10), Softmax())
SMALL_CODE = (Dense(40), ReLU(), Dense(4), Code(), Dense(40), Dense(64))
MODELS_SHOWN = {
    "2-2-1": (MODELS["mlp"](layers=(Dense(2), Tanh(), Dense(2), Softmax())), (2,)),
    "moons": (MODELS["mlp"](layers=(Dense(8), Tanh(), Dense(8), Tanh(), Dense(2), Softmax())), (2,)),
    "digits": (MODELS["mlp"](layers=(Dense(32), ReLU(), Dense(10), Softmax())), (8, 8, 1)),
    "mnist": (MODELS["mlp"](layers=(Dense(128), ReLU(), Dense(10), Softmax())), (28, 28, 1)),
    "cnn": (
        MODELS["cnn"](
            layers=(Conv2D(16), ReLU(), LAYERS["max_pool2d"](), Conv2D(32), ReLU(), Flatten(), Dense(10), Softmax())
        ),
        (32, 32, 3),
    ),
    "deep": (MODELS["autoencoder"](layers=(*DEEP, Dense(30), Code(), *DEEP[::-1][1::2], Dense(784))), (28, 28, 1)),
    "rbm": (MODELS["rbm"](hidden=500), (28, 28, 1)),
    "stack": (MODELS["deep_belief"](hidden=(500, 250, 30)), (28, 28, 1)),
    "small cnn": (
        MODELS["cnn"](layers=(Conv2D(4), ReLU(), LAYERS["max_pool2d"](), Flatten(), Dense(10), Softmax())),
        (8, 8, 1),
    ),
    "small tied": (
        MODELS["autoencoder"](layers=(Dense(40), ReLU(), Dense(4), Code(), Dense(40), Dense(64)), tied=True),
        (8, 8, 1),
    ),
    "small rbm": (MODELS["rbm"](hidden=40), (8, 8, 1)),
    "small stack": (MODELS["deep_belief"](hidden=(30, 6)), (8, 8, 1)),
    "small svm": (MODELS["linear_svm"](), (8, 8, 1)),
    "svm": (MODELS["linear_svm"](), (28, 28, 1)),
    "1x1": (MODELS["mlp"](layers=(Dense(1), ReLU(), Dense(1000), Softmax())), (1, 1, 1)),
}


@dataclass
class Shown:
    """A view by itself, showing one run; what it selects is fed back to it, as the stage does."""

    view: NetworkView
    run: TrainingRun
    frame: QWidget

    def look(self, selection: Selection = NOTHING) -> None:
        """Show the run as it is now."""
        self.view.show_selection(selection)
        self.view.show_answer(look(self.run, "network", selection))


def prepared_for(run: TrainingRun, model: object = None) -> Prepared:
    experiment = example("xor") if model is None else replace(example("xor"), model=model)
    return Prepared(
        0, experiment, run.data.dataset, run.data.split, run.model.parameters.size, 1, Moment(), run.data.learning.examples
    )


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    run = toy_run(layers=(Dense(8, initializer="xavier"), Tanh(), Dense(2), Softmax()))
    # In a frame without a layout: a window of its own would tell the screen its least size, which offscreen cannot hear.
    frame = QWidget()
    qtbot.addWidget(frame)
    frame.resize(900, 460)
    view = NetworkView()
    view.setParent(frame)
    view.resize(900, 460)
    found = Shown(view, run, frame)
    view.selected.connect(found.look)
    view.begin(prepared_for(run))
    frame.show()
    found.look()
    return found


@pytest.fixture
def view(shown: Shown) -> NetworkView:
    return shown.view


def classes(name: str) -> int:
    return {"2-2-1": 2, "moons": 2, "1x1": 1000}.get(name, 10)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", MODELS_SHOWN)
def test_columns_have_room_beside_each_other(name: str, size: tuple[int, int]) -> None:
    settings, shape = MODELS_SHOWN[name]
    columns = columns_of(settings.build(shape, numbered(classes(name))), shape)
    frames = arrange(columns, *size, left=0, right=0)
    for before, after in pairwise(frames):
        assert before.x + before.width + 10 < after.x
    assert frames[0].x >= 0 and frames[-1].x + frames[-1].width <= max(size[0], 26 * 2 * len(columns))
    for frame in frames:
        assert frame.y >= 0 and frame.y + frame.height <= size[1]


@pytest.mark.parametrize("name", MODELS_SHOWN)
def test_the_unit_under_the_middle_of_a_unit_is_that_unit(name: str) -> None:
    settings, shape = MODELS_SHOWN[name]
    columns = columns_of(settings.build(shape, numbered(classes(name))), shape)
    for frame in arrange(columns, 900, 420, 0, 0):
        units = frame.mosaic.count if frame.mosaic else (frame.count // (shape[2] if frame.style == "picture" else 1))
        for unit in {0, units // 2, units - 1}:
            middle = frame.unit_rect(unit).center()
            assert frame.unit_at(middle.x(), middle.y()) == unit
        assert frame.unit_at(frame.x - 2, frame.y) is None


def test_the_line_under_a_point_of_a_line_is_that_line() -> None:
    settings, shape = MODELS_SHOWN["moons"]
    before, frame = arrange(columns_of(settings.build(shape, numbered(2)), shape), 900, 420, 0, 0)[1:3]
    for source, target in ((0, 0), (3, 5), (7, 1)):
        start, end = ends(before, frame, source, target)
        # At its ends a line is alone with those of the same unit.
        assert line_at(before, frame, start.x() + 1, start.y())[0] == source
        assert line_at(before, frame, end.x() - 1, end.y())[1] == target
    assert line_at(before, frame, frame.x + 5, 100) is None


def test_scales_rise_at_once_and_fall_only_when_all_has_faded() -> None:
    scales = Scales()
    values = [0.9, 1.1, 0.7, 0.5]
    assert [scales.follow("units", value) for value in values] == [1.0, 1.5, 1.5, 0.5]
    assert scales.follow("others", magnitude(np.array([np.nan, np.inf]))) == 1.0


def test_lines_are_as_strong_as_their_weights() -> None:
    weights = np.array([[1.0, -1.0, 0.5], [0.0, 2.0, np.nan]])
    assert line_strengths(weights, 1.0, 8).tolist() == [[8, -8, 4], [0, 8, 0]]


def test_each_unit_shows_its_own_boundary(shown: Shown) -> None:
    probed, diagram = look(shown.run, "network", Selection()).value, shown.view.diagram
    assert [frame.style for frame in diagram.frames] == ["list", "list", "list"]
    # Signed about zero; an output from neutral to the colour of its class, whatever the probabilities reach to.
    for place, unit, lut, bound in (
        (1, 3, signed_lut(diagram.theme), diagram.bound(1)),
        (2, 0, class_lut(diagram.theme, 0), 1.0),
        (2, 1, class_lut(diagram.theme, 1), 1.0),
    ):
        field = probed.fields[probed.field_starts[place] + unit]
        _, image = diagram._images[place][unit]
        assert image == image_of(lut[signed_indices(field[::-1], bound)])


def test_the_planes_of_all_units_are_the_network_itself_at_their_pixels(shown: Shown) -> None:
    run, diagram = shown.run, shown.view.diagram
    for _ in range(10):
        next(run)
    shown.look()
    left, right, bottom, top = shown.view.answer.extent
    size = shown.view.answer.fields.shape[1]
    # Row by row from the top, as an image lies.
    x, y = np.meshgrid(np.linspace(left, right, size), np.linspace(top, bottom, size))
    points = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)
    scaling, view = run.data.scaling, run.model.parameters.view
    scaled = points * scaling.factor + scaling.offset
    hidden = np.tanh(scaled @ view("dense1.weight") + view("dense1.bias"))
    z = hidden @ view("dense2.weight") + view("dense2.bias")
    outputs = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    signed = signed_lut(diagram.theme)
    by_class = [class_lut(diagram.theme, label) for label in (0, 1)]
    columns = [(scaled, [signed] * 2), (hidden, [signed] * 8), (outputs, by_class)]
    for place, (values, luts) in enumerate(columns):
        bound = diagram.bound(place)
        for unit, lut in enumerate(luts):
            image = diagram._images[place][unit][1]
            drawn = np.array([[image.pixelColor(at, row).getRgb()[:3] for at in range(size)] for row in range(size)], int)
            # Half a shade may be rounded either way: between the colours of a little less and a little more.
            expected = values[:, unit].reshape(size, size)
            near = [lut[signed_indices(expected + shift, bound)].astype(int) for shift in (-1e-4, 0.0, 1e-4)]
            assert np.min([np.abs(drawn - color).max(axis=2) for color in near], axis=0).max() == 0


def test_an_output_that_is_sure_has_the_colour_its_class_has_in_every_view(shown: Shown) -> None:
    for label in (0, 1, 2):
        sure = class_lut(LIGHT, label)[signed_indices(np.ones((1, 1)), 1.0)]
        assert QColor(*(int(part) for part in sure[0, 0])) == QColor(CLASS_COLORS[label])
    # Where one class is sure, its own tile is in its colour, and that of the other class is not.
    shown.run.model.parameters.view("dense2.bias")[...] = 50, -50
    shown.look()
    tiles = [image for _, image in shown.view.diagram._images[2]]
    assert tiles[0].pixelColor(5, 5) == QColor(CLASS_COLORS[0])
    assert tiles[1].pixelColor(5, 5) == image_of(class_lut(LIGHT, 1)[127][None, None]).pixelColor(0, 0)


def test_the_switch_shows_gradients(view: NetworkView) -> None:
    view.switch.buttons["gradients"].click()
    picture, diagram = view.answer, view.diagram
    slopes = picture.numbers(1, gradients=True)
    for unit, (_, image) in enumerate(diagram._images[1]):
        expected = signed_lut(diagram.theme)[signed_indices(slopes[unit : unit + 1], diagram.bound(1))][0]
        assert image.pixelColor(0, 0) == QColor(*(int(part) for part in expected))
    lines = picture.lines(1, gradients=True)
    bound = diagram.scales.bounds[("lines", 1, True)]
    np.testing.assert_array_equal(diagram._strengths[1], np.round(lines / bound * 8))


def click(view: NetworkView, qtbot: QtBot, point: QPointF) -> Selection:
    """Press where a point of the diagram is; what is selected then."""
    place = view.canvas.mapFromScene(view.diagram.mapToScene(point))
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return view.selection


def test_a_click_selects_a_unit_a_layer_or_a_weight(view: NetworkView, qtbot: QtBot) -> None:
    before, hidden, last = view.diagram.frames
    selection = click(view, qtbot, hidden.unit_rect(5).center())
    assert (selection.layer, selection.unit) == ("dense1", 5)
    selection = click(view, qtbot, QPointF(last.rect.center().x(), last.y - 30))
    assert (selection.layer, selection.unit) == ("dense2", -1)
    _, end = ends(before, hidden, 1, 7)
    selection = click(view, qtbot, QPointF(end.x() - 4, end.y()))
    tensor, (source, target) = selection.weight
    assert (tensor, target, selection.unit) == ("dense1.weight", 7, 7) and source in (0, 1)


def test_hovering_reads_the_numbers(view: NetworkView) -> None:
    diagram, picture = view.diagram, view.answer
    view._hover(diagram.mapToScene(diagram.frames[1].unit_rect(2).center()))
    assert f"{signed(picture.numbers(1)[2])}" in view.readout.text() and "unit 2" in view.readout.text()
    assert "∂L/∂a" in view.readout.text()
    # A softmax that the loss contains: the gradient is by what goes into it.
    view._hover(diagram.mapToScene(diagram.frames[2].unit_rect(0).center()))
    p, is_class = picture.numbers(2)[0], picture.label == 0
    assert f"∂L/∂z = {signed(p - is_class)}" in view.readout.text() and "∂L/∂a" not in view.readout.text()
    _, end = ends(diagram.frames[0], diagram.frames[1], 0, 0)
    view._hover(diagram.mapToScene(QPointF(end.x() - 3, end.y())))
    assert "dense1.weight[" in view.readout.text()
    view._hover(QPointF(-50, -50))
    assert f"loss {figure(picture.loss)}" in view.readout.text()


@pytest.mark.parametrize("way", ["forward", "gradients"])
def test_hovering_over_a_channel_reads_the_map_that_is_drawn(qtbot: QtBot, way: str) -> None:
    settings, shape = MODELS_SHOWN["small cnn"]
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    run = TrainingRun(settings.build(shape, numbered(10)), data, TrainingSettings(batch_size=16))
    next(run)
    view = NetworkView()
    qtbot.addWidget(view)
    view.begin(prepared_for(run, settings))
    view.resize(620, 360)
    view.show_answer(look(run, "network", Selection()))
    view.switch.buttons[way].click()
    inputs, labels = (part.copy() for part in data.learning.gather(data.split.train[:1]))
    seen = run.model.sensitivities(inputs, labels)
    drawn = (seen.outputs if way == "forward" else seen.by_output)[1][0, :, :, 2]
    extreme = drawn.max() if way == "forward" else drawn.ravel()[np.abs(drawn).argmax()]
    view._hover(view.diagram.mapToScene(view.diagram.frames[1].unit_rect(2).center()))
    assert f"mean {signed(drawn.mean())}, largest {signed(extreme)}" in view.readout.text()
    assert ("∂L/∂a" in view.readout.text()) == (way == "gradients")


def test_another_example_flows_through(shown: Shown) -> None:
    shown.view.picker.next.click()
    assert shown.view.selection.example == 1
    np.testing.assert_array_equal(shown.view.answer.forward, look(shown.run, "network", Selection(example=1)).value.forward)


def test_every_number_is_exported(view: NetworkView) -> None:
    columns = view.csv_columns()
    assert set(columns) == {"column", "number", "name", "data", "activation", "gradient"}
    assert columns["name"][:4] == ["x₁", "x₂", "unit 0", "unit 1"] and columns["data"][2:4] == ["", ""]
    np.testing.assert_array_equal(columns["data"][:2], view.answer.raw)
    assert len({len(values) for values in columns.values()}) == 1
    assert columns["activation"] == view.answer.forward.tolist()
    assert [columns["column"][place] for place in view.answer.starts] == ["input", "dense1", "dense2"]


def test_the_diagram_is_painted_in_the_theme(view: NetworkView) -> None:
    view.apply_theme(DARK)
    corner = view.canvas.mapTo(view, QPoint(3, 3))
    assert view.grab().toImage().pixelColor(corner).name().lower() == DARK.surface.lower()


@pytest.mark.parametrize("name", [name for name in MODELS_SHOWN if MODELS_SHOWN[name][1] in ((2,), (8, 8, 1))])
@pytest.mark.parametrize("bad", [None, 0.0, np.nan, np.inf])
def test_every_kind_of_model_has_its_diagram(qtbot: QtBot, name: str, bad: float | None) -> None:
    settings, shape = MODELS_SHOWN[name]
    data = toy_data() if shape == (2,) else prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    run = TrainingRun(settings.build(shape, numbered(classes(name))), data, TrainingSettings(batch_size=16))
    if bad is not None:
        run.model.parameters.values[...] = bad
    view = NetworkView()
    qtbot.addWidget(view)
    view.begin(prepared_for(run, settings))
    view.resize(620, 360)
    for column in columns_of(run.model, shape):
        selection = Selection(layer=column.name, unit=column.units - 1)
        view.show_selection(selection)
        view.show_answer(look(run, "network", selection))
        for switch in view.switch.buttons.values():
            switch.click()
            assert not view.grab().isNull()
        frame = view.diagram.frames[0]
        view._hover(view.diagram.mapToScene(frame.unit_rect(0).center()))


def test_the_diagram_is_the_first_view_and_a_click_reaches_the_others(xor: MainWindow, driver: Driver) -> None:
    view = xor.stage.current
    assert view.title == "Network"
    xor.stage.arrange(2)
    click(view, driver.qtbot, view.diagram.frames[2].unit_rect(0).center())
    assert (xor.stage.selection.layer, xor.stage.selection.unit) == ("dense2", 0)
    assert xor.inspector.selection == xor.stage.selection
    driver.finish(xor)
    probed = look(xor.session._link.worker._run, "network", xor.stage.selection).value
    driver.wait_for(lambda: np.array_equal(view.answer.fields, probed.fields))
