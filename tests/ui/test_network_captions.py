"""The words of the network diagram: at every size they keep apart, and none is cut off."""

from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.probes import Selection, look
from nnlab.probes.network import NetworkNumbers
from nnlab.training import TrainingRun, TrainingSettings, prepare_data
from nnlab.ui.views.network.diagram import NetworkDiagram, Spot
from nnlab.ui.views.network.network import NetworkView
from nnlab.ui.views.parts.scales import Scales
from tests.targets import numbered
from tests.training.runs import toy_data
from tests.ui.test_network import MODELS_SHOWN, classes

TALL = tuple(layer for units in (64, 48, 32, 24, 16, 12, 12, 8) for layer in (Dense(units), ReLU()))
MODELS = {name: shown for name, shown in MODELS_SHOWN.items() if shown[1] in ((2,), (8, 8, 1))} | {
    "nine layers": (MLPSettings((*TALL, Dense(10), Softmax())), (8, 8, 1))
}
# From a pane among four in a small window to the whole of a large one; between 124 and 224 pixels ten names get crowded.
SIZES = [
    (260, 92),
    (380, 100),
    (380, 130),
    (380, 170),
    (425, 176),
    (425, 190),
    (583, 204),
    (583, 228),
    (440, 300),
    (900, 420),
    (1860, 800),
]
LONG = tuple(f"{name} with a long name, type {number}" for number, name in enumerate(("jogging", "playing") * 5))


class Words:
    """Stands in for a painter: where the words go, without painting them."""

    def __init__(self, metrics: QFontMetricsF) -> None:
        self.metrics = metrics
        self.drawn: list[tuple[str, QRectF, QRectF]] = []  # text, where it may be, where its ink is

    def drawText(self, place: QRectF, flags: Qt.AlignmentFlag, text: str) -> None:
        if not text:
            return
        x, room = place.x(), place.width() - self.metrics.horizontalAdvance(text)
        x += room if flags & Qt.AlignmentFlag.AlignRight else room / 2 if flags & Qt.AlignmentFlag.AlignHCenter else 0
        baseline = place.center().y() - self.metrics.height() / 2 + self.metrics.ascent()
        self.drawn.append((text, place, self.metrics.tightBoundingRect(text).translated(QPointF(x, baseline))))

    def __getattr__(self, name: str) -> object:
        return lambda *_: None


def picture_of(name: str, names: tuple[str, ...] = ()) -> NetworkNumbers:
    settings, shape = MODELS[name]
    data = toy_data() if shape == (2,) else prepare_data(load_dataset(DatasetSettings()), DatasetSettings())
    run = TrainingRun(settings.build(shape, numbered(classes(name))), data, TrainingSettings(batch_size=16))
    picture = look(run, "network", Selection()).value
    return replace(picture, class_names=names[: len(picture.class_names)]) if names else picture


def words_of(picture: NetworkNumbers, size: tuple[int, int], gradients: bool = False) -> tuple[NetworkDiagram, Words]:
    diagram = NetworkDiagram(Scales())
    diagram.resize(*size)
    diagram.show_picture(picture, gradients)
    words = Words(diagram.metrics())
    diagram._captions.paint(words, diagram)
    return diagram, words


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("names", [(), LONG], ids=["short", "long"])
@pytest.mark.parametrize("name", MODELS)
def test_words_keep_apart_at_every_size(qtbot: QtBot, name: str, names: tuple[str, ...], gradients: bool) -> None:
    picture = picture_of(name, names)
    for size in SIZES:
        _, words = words_of(picture, size, gradients)
        for text, place, ink in words.drawn:
            assert words.metrics.horizontalAdvance(text) <= place.width() + 0.5, f"'{text}' is cut off at {size}"
            assert QRectF(0, 0, *size).contains(ink), f"'{text}' leaves the diagram at {size}"
        for (one, _, here), (other, _, there) in combinations(words.drawn, 2):
            assert not here.intersects(there), f"'{one}' lies on '{other}' at {size}"


@pytest.mark.parametrize("label", [0, 3, 9])
def test_where_there_is_no_room_for_all_names_that_of_the_true_class_is_among_the_others(qtbot: QtBot, label: int) -> None:
    picture = replace(picture_of("digits", LONG), label=label)
    seen = []
    for height in (176, 186, 260):
        diagram, words = words_of(picture, (500, height))
        assert diagram.frames[-1].style == "list"
        middles = [diagram.frames[-1].unit_rect(unit).center().y() for unit in range(10)]
        named = [middles.index(place.center().y()) for text, place, _ in words.drawn if text.startswith(("jogg", "play"))]
        assert label in named
        seen.append(len(named))
    assert 3 <= seen[0] < 10 and seen[-1] == 10


def test_names_go_before_columns_leave_the_diagram(qtbot: QtBot) -> None:
    picture = picture_of("nine layers", LONG)
    shown = []
    for width in (380, 620, 900):
        diagram, words = words_of(picture, (width, 230))
        assert diagram.frames[-1].rect.right() < width
        texts = [text for text, _, _ in words.drawn]
        shown.append([any(text.startswith("jogg") for text in texts), any(text.endswith("%") for text in texts)])
    assert shown == [[False, False], [True, False], [True, True]]


def test_hovering_tells_the_whole_name_of_an_output(qtbot: QtBot) -> None:
    view = NetworkView()
    qtbot.addWidget(view)
    view.resize(425, 260)
    view.take(picture_of("digits", LONG))
    for unit in range(10):
        spot = Spot(2, unit)
        rect = next(rect for rect, found in view.diagram.spots() if found == spot)
        view._hover(view.diagram.mapToScene(rect.center()))
        assert f"dense2 · unit {unit}, class {LONG[unit]} · a = " in view.readout.text()
