"""Branches in the network diagram lie beside each other, apart; lines lead around them and to where they are joined."""

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.models import MODELS
from nnlab.models.layers import Layer
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.pool2d import MaxPool2D
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Flatten
from nnlab.probes import Selection, look
from nnlab.probes.columns import columns_of
from nnlab.probes.lanes import ranks_of, rows_of
from nnlab.probes.network import NetworkNumbers
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from nnlab.ui.theme import LIGHT
from nnlab.ui.views.network.diagram import NetworkDiagram, Spot
from nnlab.ui.views.network.layout import SCALE, TOP
from nnlab.ui.views.network.network import NetworkView
from nnlab.ui.views.network.wires import joints_of, paint_joint
from nnlab.ui.views.parts.scales import Scales
from tests.targets import numbered
from tests.ui.lone_view import LoneView
from tests.ui.test_network_captions import Words, words_of

CONV, WIDE = Conv2D(4, padding="same"), Conv2D(17, padding="same")


def nested(depth: int) -> Layer:
    """A residual in a residual in ..."""
    return Residual((Dense(6), Tanh(), nested(depth - 1))) if depth > 1 else Residual((Dense(6),))


BRANCHED: dict[str, tuple[Layer, ...]] = {
    "residual": (Dense(6), Tanh(), Residual((Dense(5), ReLU(), Dense(6))), ReLU()),
    "first of all": (Parallel(((Dense(12), ReLU()), (Dense(8), Residual((Dense(8), Tanh()))), ())),),
    "added": (Dense(5), Parallel(((Tanh(), Dense(5)), (), (Dense(5),)), "sum")),
    "pictures": (
        CONV,
        ReLU(),
        Residual((CONV, ReLU(), CONV)),
        ReLU(),
        Parallel(((CONV, MaxPool2D()), (MaxPool2D(),))),
        Flatten(),
    ),
    "channels": (
        *(CONV, Parallel(((CONV, ReLU(), MaxPool2D()), (MaxPool2D(), Conv2D(13, kernel=1))))),
        *(Parallel(((), (Tanh(), WIDE, Residual((WIDE, Tanh())))), "sum"), Flatten()),
    ),
    "four deep": (Dense(6), nested(4)),
    "eight branches": (Parallel(tuple((Dense(3), ReLU()) for _ in range(8))),),
}
SIZES = [(560, 300), (905, 420), (1300, 560)]


def settings_of(name: str):
    return MODELS["cnn" if name in ("pictures", "channels") else "mlp"](layers=(*BRANCHED[name], Dense(10), Softmax()))


def run_of(name: str) -> TrainingRun:
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    return TrainingRun(settings_of(name).build((8, 8, 1), numbered(10)), data, TrainingSettings(batch_size=16))


def picture_of(name: str) -> NetworkNumbers:
    return look(run_of(name), "network", Selection()).value


def drawn(picture: NetworkNumbers, size: tuple[int, int]) -> tuple[NetworkDiagram, Words]:
    """In a pane of this size, or as large as the view makes itself in a smaller one."""
    needed = NetworkDiagram(Scales()).least_size(picture)
    return words_of(picture, (max(size[0], int(needed.width()) + 1), max(size[1], int(needed.height()) + 1)))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", BRANCHED)
def test_columns_captions_and_scales_keep_apart(qtbot: QtBot, name: str, size: tuple[int, int]) -> None:
    diagram, _ = drawn(picture_of(name), size)
    around = [frame.rect.adjusted(0, -TOP + 6, 0, SCALE - 2) for frame in diagram.frames]
    whole = QRectF(QPointF(0, 0), diagram.size())
    for place, rect in enumerate(around):
        assert whole.contains(rect), diagram.picture.columns[place].name
    for (one, here), (other, there) in combinations(enumerate(around), 2):
        assert not here.intersects(there), (diagram.picture.columns[one].name, diagram.picture.columns[other].name)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", BRANCHED)
def test_no_word_lies_on_another_or_on_a_column(qtbot: QtBot, name: str, size: tuple[int, int]) -> None:
    diagram, words = drawn(picture_of(name), size)
    for joint in joints_of(diagram.picture.columns, diagram.frames, diagram.size().height()):
        paint_joint(words, joint, LIGHT, diagram.metrics())
    for (one, _, here), (other, _, there) in combinations(words.drawn, 2):
        assert not here.intersects(there), f"'{one}' lies on '{other}'"
    for text, _, ink in words.drawn:
        assert not any(ink.intersects(frame.rect) for frame in diagram.frames), text


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("name", BRANCHED)
def test_lines_lead_past_all_columns_and_words(qtbot: QtBot, name: str, size: tuple[int, int]) -> None:
    diagram, words = drawn(picture_of(name), size)
    joints = joints_of(diagram.picture.columns, diagram.frames, diagram.size().height())
    assert len(joints) == sum(column.joins is not None for column in diagram.picture.columns) > 0
    inside = [frame.rect.adjusted(1, 1, -1, -1) for frame in diagram.frames]
    for joint in joints:
        points = [joint.lines.pointAtPercent(share) for share in np.linspace(0, 1, 1500)]
        assert not any(rect.contains(point) for rect in inside for point in points)
        for text, _, ink in words.drawn:
            assert not any(ink.contains(point) for point in points), f"a line crosses '{text}'"


@pytest.mark.parametrize("name", BRANCHED)
def test_every_unit_inside_can_be_clicked(qtbot: QtBot, name: str) -> None:
    view = NetworkView()
    qtbot.addWidget(view)
    chosen: list[Selection] = []
    view.selected.connect(chosen.append)
    view.resize(1400, 700)
    view.take(picture_of(name))
    for place, column in enumerate(view.answer.columns):
        if column.lanes:
            for unit in {0, column.units - 1}:
                middle = view.diagram.frames[place].unit_rect(unit).center()
                assert view.diagram.spot_at(middle) == Spot(place, unit)
                view.select_spot(Spot(place, unit))
                assert (chosen[-1].layer, chosen[-1].unit) == (column.name, unit)
                inspected = look(run_of(name), "network", chosen[-1]).value
                assert column.name in [found.name for found in inspected.columns]


def test_what_lies_side_by_side_is_bracketed_branch_by_branch(qtbot: QtBot) -> None:
    diagram, _ = drawn(picture_of("eight branches"), (1300, 900))
    frame = diagram.frames[-2]
    assert frame.style == "list" and frame.count == 24
    (joint,) = joints_of(diagram.picture.columns, diagram.frames, diagram.size().height())
    assert joint.cross is None
    turns = [joint.lines.elementAt(at) for at in range(joint.lines.elementCount())]
    bracket = [turn.y for turn in turns if abs(turn.x - (frame.x - 3)) < 0.01]
    units = [(frame.unit_rect(first), frame.unit_rect(first + 2)) for first in range(0, 24, 3)]
    expected = [edge for first, last in units for edge in (first.top() + 1, last.bottom() - 1)]
    np.testing.assert_allclose(bracket, expected)


def test_a_column_is_as_far_right_as_its_longest_way_from_the_input() -> None:
    columns = columns_of(settings_of("first of all").build((8, 8, 1), numbered(10)), (8, 8, 1))
    ranks = dict(zip((column.name for column in columns), ranks_of(columns), strict=True))
    branch = "parallel1.branch2.residual1"
    assert [ranks[name] for name in ("parallel1.branch1.dense1", f"{branch}.dense1", branch, "parallel1")] == [1, 2, 3, 4]
    assert rows_of(columns) == 2


@pytest.mark.parametrize(("depth", "whole"), [(2, True), (3, False)])
def test_what_is_too_much_to_be_read_is_folded_but_the_first_level_is_not(depth: int, whole: bool) -> None:
    inner: Layer = Parallel(tuple((Dense(2),) for _ in range(4)))
    for _ in range(depth - 1):
        inner = Parallel(((inner,), (inner,)))
    layers = (inner, Dense(10), Softmax())
    data = prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    run = TrainingRun(MODELS["mlp"](layers=layers).build((8, 8, 1), numbered(10)), data, TrainingSettings())
    picture = look(run, "network", Selection()).value
    folded = [column for column in picture.columns if column.folded]
    assert (not folded) == whole
    assert {column.lanes[0] for column in picture.columns if column.lanes} == {("parallel1", 0), ("parallel1", 1)}


def test_hovering_tells_how_branches_are_joined_and_what_is_folded(qtbot: QtBot) -> None:
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(900, 500)
    for name, layer, words in (
        ("residual", "residual1", "residual1 + relu1 · 6 units: x + f(x)"),
        ("first of all", "parallel1", "parallel1 · 84 units: the branches side by side"),
        ("added", "parallel1", "parallel1 · 5 units: the sum of the branches"),
        ("first of all", "parallel1.branch2.residual1.dense1", "parallel1 › branch2 › residual1 › dense1 + tanh1 · 8 units"),
    ):
        view.take(picture_of(name))
        place = [column.name for column in view.answer.columns].index(layer)
        assert view._spot_text(Spot(place)) == words


def test_in_a_pane_too_small_for_branches_the_diagram_alone_scrolls(qtbot: QtBot) -> None:
    # In a frame without a layout: a window of its own would tell the screen its least size, which offscreen cannot hear.
    frame, view = QWidget(), NetworkView()
    qtbot.addWidget(frame)
    view.setParent(frame)
    frame.resize(500, 400)
    view.resize(500, 400)
    frame.show()
    view.take(picture_of("eight branches"))
    assert view.canvas.minimumHeight() > 8 * 100 and view.minimumSizeHint().height() < 400
    bar = view.place.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 400)
    view.canvas.setFocus(Qt.FocusReason.TabFocusReason)
    last = view.diagram.frames[8].unit_rect(2).center()
    for _ in range(60):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    assert bar.value() > 0.8 * bar.maximum(), "the keyboard's pointer is out of sight"
    seen = view.canvas.mapTo(view.place.viewport(), view.canvas.mapFromScene(view.diagram.mapToScene(last)))
    assert view.place.viewport().rect().contains(seen)
    view.take(picture_of("residual"))
    assert view.canvas.minimumHeight() < 200


def test_in_a_small_pane_of_a_window_a_layer_with_branches_is_one_column(qtbot: QtBot) -> None:
    run = run_of("pictures")
    stand = LoneView(qtbot, NetworkView(), run, settings_of("pictures"), (420, 220))
    view = stand.view
    assert view.options.is_folded
    stand.look()
    columns = view.answer.columns
    assert [column.name for column in columns if column.folded] == ["residual1", "parallel1"] and columns[2].folded == 3
    qtbot.waitUntil(lambda: view.place.horizontalScrollBar().maximum() == 0)
    assert view.diagram.frames[-1].rect.right() < 420
    view.resize(1300, 560)
    stand.look()
    assert not view.options.is_folded and not any(column.folded for column in view.answer.columns)


@pytest.mark.parametrize("name", BRANCHED)
def test_names_and_probabilities_have_room_where_it_scrolls(qtbot: QtBot, name: str) -> None:
    _, words = drawn(picture_of(name), (300, 420))
    texts = [text for text, _, _ in words.drawn]
    assert sum(text.endswith("%") for text in texts) == 10
    assert not any(text.startswith(("d…", "de…", "c…", "co…", "re…")) for text in texts)
