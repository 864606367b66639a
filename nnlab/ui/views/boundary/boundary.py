"""The plane as the network sees it: class probabilities as colours, the points on top."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QResizeEvent

from nnlab.datasets import Examples
from nnlab.datasets.drawn import plane_reach
from nnlab.probes import Selection
from nnlab.probes.boundary import BoundaryField
from nnlab.probes.selection import PART_ADJECTIVES
from nnlab.settings import Rows
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import Theme, class_color, rgb, signed_indices, signed_lut
from nnlab.ui.views import VIEWS
from nnlab.ui.views.boundary.class_bar import ClassBar
from nnlab.ui.views.boundary.plane_points import PlanePoints
from nnlab.ui.views.boundary.point_strokes import PointStrokes
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import Table, View, color_axis, name_axis
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots, in_scene
from nnlab.ui.widgets.part_choice import PartChoice
from nnlab.words import counted, percent, signed

_LEGEND = "filled: training points · hollow: {held} points"
_RINGED = " · ringed: what the last step learned from"
_SHORT_LEGEND, _SHORT_RINGED = "hollow: {held}", " · ringed: last step"
_INVITATION = "Draw points of two classes: choose one, then click or drag."
# So near to a point, in pixels, a click means it.
_NEAR = 12
# Pixels: beside plane and bar, around them, and of height below which the lower axis goes without its name.
_MARGIN, _EDGE, _LOW = 26, 4, 150
_SHARE_OF_BAR = 0.3  # of the canvas's width, where names are long


class BoundaryView(View):
    """Probability field with training points filled and those held back hollow. Points can be drawn on it."""

    title = VIEWS["boundary"].title
    probe = "boundary"
    interval = 0.06
    least_picture = (180, 84)
    shortest_words = 90
    empty_text = "How the network divides the plane appears here, as soon as a model is built."

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Prepared | None = None
        axes = {side: NumberAxis(side, gap=gap) for side, gap in (("left", 30), ("bottom", 16))}
        self._plot = self.canvas.addPlot(row=0, col=1, enableMenu=False, axisItems=axes)
        self._plot.setAspectLocked(True)
        self._plot.hideButtons()
        self._plot.setLabel("bottom", "x₁")
        self._plot.setLabel("left", "x₂")
        # An axis is as wide as what is written at it, which is known once it is laid out.
        self._plot.getViewBox().sigResized.connect(self._fit)
        # The canvas has another size than the view's while a figure is made, and its own again behind it.
        self.canvas.sigDeviceRangeChanged.connect(self._fit)
        self.image = pg.ImageItem(axisOrder="row-major")
        self._plot.addItem(self.image)
        self._bar = ClassBar()
        self.canvas.addItem(self._bar, row=0, col=2)
        # The field is square; free columns at both sides keep it in the middle.
        for column in (0, 3):
            self.canvas.ci.layout.setColumnStretchFactor(column, 1)
        self.canvas.ci.layout.setAlignment(self._plot, Qt.AlignmentFlag.AlignVCenter)
        self.points = PlanePoints(self._plot)
        self._held: set[tuple[float, ...]] = set()
        self._extent: tuple[float, float, float, float] | None = None
        self.drawing = PointStrokes(self.canvas, self._plot)
        self.drawing.changed.connect(self._on_drawing)
        self.drawing.bar.begun.connect(self._begin_drawing)
        self.part = PartChoice()
        self.part.chosen.connect(lambda part: self.select(part=part, example=0))
        self.controls.addWidget(captioned("Part", self.part))
        self.controls.addWidget(self.drawing.bar)
        self._mouse = QPointF(-1, -1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    def begin(self, prepared: Prepared) -> None:
        """The points change only with the run."""
        super().begin(prepared)
        self._prepared = prepared
        self._extent = None
        self.part.begin(prepared)
        for axis, place in (("bottom", 0), ("left", 1)):
            name_axis(self._plot, axis, prepared.dataset.input_names.name(place))
        names = prepared.dataset.class_names
        self._bar.name_ends(names if len(names) == 2 else ())
        self._fit()
        self._show_points(prepared)

    def forget(self) -> None:
        """The points too."""
        super().forget()
        self._prepared, self._held = None, set()
        self.points.mark_batch(np.zeros((0, 2)))

    def await_points(self, points: Rows) -> None:
        """An empty plane, or one with points of a single class: it can be drawn on, though nothing can learn from it."""
        self._empty.hide()
        self._bar.name_ends(())
        self._held = set()
        reach = plane_reach(np.array(points))
        self._plot.setRange(xRange=(-reach, reach), yRange=(-reach, reach), padding=0)
        self._follow_drawing()
        self._show_rows(points)
        self.readout.setText(_INVITATION)

    def draw(self, answer: BoundaryField) -> None:
        """The field behind the points."""
        left, right, bottom, top = answer.extent
        if answer.extent != self._extent:
            self._extent = answer.extent
            self.image.setRect(QRectF(left, bottom, right - left, top - bottom))
            self._plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
            # An image set before its rectangle was would keep the old transform.
        probability = answer.probability
        if answer.gives_scores != self._bar.shows_scores and self._bar.meaning:
            self._bar.name_ends(self._bar.names, answer.gives_scores)
            self._fit()
        if probability.shape[2] == 2:
            indices = signed_indices(probability[:, :, 1] - probability[:, :, 0], 1.0)
            self.image.setImage(indices, autoLevels=False, levels=(0, 255), lut=signed_lut(self.theme))
        else:
            self.image.setImage(self._blend(probability), autoLevels=False, levels=(0, 255), lut=None)
        self.image.setRect(QRectF(left, bottom, right - left, top - bottom))
        self.points.mark_batch(self._batch_places(answer))
        if not answer.is_fresh:
            # The rest comes with the next frames, also while training stands.
            self.wants_changed.emit()

    def _batch_places(self, answer: BoundaryField) -> np.ndarray:
        """Where the examples lie that the last step learned from (n, 2)."""
        inputs = self._prepared.learning.inputs if self._prepared is not None else np.zeros((0, 2), np.float32)
        inside = answer.batch[answer.batch < len(inputs)] if self.shows_batch else answer.batch[:0]
        places: np.ndarray = inputs[inside]
        return places

    def show_selection(self, selection: Selection) -> None:
        """A ring around the selected example; the points of its part are shown."""
        before = self._shown_parts
        super().show_selection(selection)
        self.part.show_selection(selection)
        if self._shown_parts != before and self._prepared is not None:
            self._show_points(self._prepared)
        places = self._places(selection.part)
        # Under the pen a ring would only be in the way.
        inside = 0 <= selection.example < len(places) and not self.drawing.is_on
        self.points.mark(places[selection.example] if inside else None)

    def take(self, answer: BoundaryField) -> None:
        """Draw, and read the number under the mouse anew."""
        super().take(answer)
        self._hover(self._mouse)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As wide as high, but for the axis."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self, *_: object) -> None:
        """The bar as wide as its names, if they are not too long; the plane in the rest, not wider than high."""
        room = self.canvas.room
        width, height = room.width() - _MARGIN, room.height() - 2 * _EDGE
        # Where it is low the plane needs the line that the name of its lower axis would take.
        self._plot.getAxis("bottom").showLabel(height >= _LOW)
        beside, below = self._plot.getAxis("left").width(), self._plot.getAxis("bottom").height()
        square = height - below + beside
        self._bar.fit(max(width - square, _SHARE_OF_BAR * width))
        wide = max(min(square, width - self._bar.room), 100)
        # The field fills its frame, which is as high as it is wide.
        self._plot.setFixedWidth(wide)
        self._plot.setMaximumHeight(max(wide - beside + below, 60))

    def recolor(self, theme: Theme) -> None:
        """Axes, bar and the points' outlines."""
        for side in ("left", "bottom"):
            color_axis(self._plot.getAxis(side), theme)
        self._bar.recolor(theme)
        self.image.setOpacity(0.75)
        self._plot.getViewBox().setBorder(pg.mkPen(theme.border))
        self.points.recolor(theme)
        self.drawing.bar.apply_theme(theme)

    def csv_columns(self) -> Table:
        """One row per grid point: its two numbers, and the probability of every class, or its score."""
        left, right, bottom, top = self.answer.extent
        rows, columns, classes = self.answer.probability.shape
        x, y = np.meshgrid(np.linspace(left, right, columns), np.linspace(bottom, top, rows))
        # As Predictions calls them.
        kind, values = ("score", self.answer.scores) if self.answer.gives_scores else ("p", self.answer.probability)
        flat = values.reshape(-1, classes)
        names = self._prepared.dataset.class_names if self._prepared else ()
        figures = {f"{kind}_{name}": list(flat[:, index]) for index, name in enumerate(names)}
        across, up = self._column_names()
        return {across: list(x.ravel()), up: list(y.ravel()), **figures}

    def _column_names(self) -> tuple[str, str]:
        """As the data calls them; x1, x2 where it does not, or not apart."""
        named = self._prepared.dataset.input_names.columns if self._prepared else ()
        across, up = named if len(set(named)) == 2 and all(named) else ("x1", "x2")
        return across, up

    def _blend(self, probability: np.ndarray) -> np.ndarray:
        """Every class's colour, as strong as its probability; near white or black where the network is unsure."""
        colors = np.array([rgb(class_color(label).name()) for label in range(probability.shape[2])])
        ground = rgb(self.theme.surface)
        strength = probability.max(axis=2, keepdims=True)
        mixed: np.ndarray = (probability @ colors) * strength + ground * (1 - strength)
        return mixed.astype(np.uint8)

    def _on_drawing(self) -> None:
        self._follow_drawing()
        if self.drawing.is_on:
            self._show_rows(self.drawing.rows)

    def _follow_drawing(self) -> None:
        """While points are drawn the mouse is a pen, and the plane stays where it is."""
        self.drawing.follow(self.services)
        self.drawing.bar.show_drawing(self.drawing.is_on)
        self._plot.setMouseEnabled(not self.drawing.is_on, not self.drawing.is_on)
        self.canvas.viewport().setCursor(Qt.CursorShape.CrossCursor if self.drawing.is_on else Qt.CursorShape.ArrowCursor)

    def _begin_drawing(self) -> None:
        if self._prepared is not None:
            self.drawing.begin_with(self._prepared)

    @property
    def _shown_parts(self) -> tuple[str, str]:
        """What learns, and beside it of what is held back the part that is selected."""
        return "train", "test" if self.selection.part == "test" else "validation"

    def _show_points(self, prepared: Prepared) -> None:
        self._follow_drawing()
        train, split = prepared.learning, prepared.split
        self._held = set()
        if self.drawing.is_on:
            self._held = {*_keys(train, split.validation), *_keys(prepared.dataset.test)}
            self._show_rows(self.drawing.rows)
            return
        places = [self._places(part) for part in self._shown_parts]
        labels = np.concatenate([prepared.labels(part) for part in self._shown_parts])
        self.points.show(np.vstack(places), labels, np.arange(len(labels)) >= len(places[0]))

    def _show_rows(self, rows: Rows) -> None:
        """Drawn points, also those that no run has yet."""
        table = np.array(rows, np.float32).reshape(-1, 3)
        held = np.array([key in self._held for key in map(tuple, table.tolist())], bool)
        self.points.show(table[:, :2], table[:, 2].astype(np.intp), held)

    def _places(self, part: str) -> np.ndarray:
        """Where the examples of a part of the data lie (N, 2)."""
        if self._prepared is None:
            return np.zeros((0, 2), np.float32)
        dataset, split = self._prepared.dataset, self._prepared.split
        if part == "test":
            return dataset.test.inputs
        return dataset.train.inputs[split.validation if part == "validation" else split.train]

    def _click(self, event: Click) -> None:
        """The point nearest to the mouse is selected in all views."""
        box = self._plot.getViewBox()
        point, pixel = box.mapSceneToView(event.scenePos()), box.viewPixelSize()
        places = np.vstack([self._places(part) for part in self._shown_parts])
        away = np.hypot((places[:, 0] - point.x()) / pixel[0], (places[:, 1] - point.y()) / pixel[1])
        if len(away) and away.min() <= _NEAR:
            part, example = self._which(int(away.argmin()))
            self.select(part=part, example=example)

    def _which(self, number: int) -> tuple[str, int]:
        """The part of a point among those of all parts that are shown, and its position there."""
        learning, (first, second) = len(self._places("train")), self._shown_parts
        return (first, number) if number < learning else (second, number - learning)

    def _spots(self) -> Spots:
        if self.answer is None or self._prepared is None or self.drawing.is_on:
            return NO_SPOTS
        places = np.vstack([self._places(part) for part in self._shown_parts])
        points = np.hstack([places, np.zeros_like(places)])
        return Spots(in_scene(self._plot.getViewBox(), points, _NEAR - 2), partial(self._spot_text, self._prepared))

    def _spot_text(self, prepared: Prepared, number: int) -> str:
        part, example = self._which(number)
        x, y = self._places(part)[example]
        label = int(prepared.labels(part)[example])
        return f"{part} example {example:,}, class {prepared.dataset.class_names[label]}, at ({x:+.2f}, {y:+.2f})"

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        if self.answer is None or self._prepared is None:
            return
        if self._bar.meaning and self._bar.sceneBoundingRect().contains(position):
            self.readout.setText(self._bar.meaning)
            return
        point = self._plot.getViewBox().mapSceneToView(position)
        left, right, bottom, top = self.answer.extent
        if not (left <= point.x() <= right and bottom <= point.y() <= top):
            held = "held-back" if self.drawing.is_on else self._shown_parts[1]
            score, is_ringed = _score(self.answer), bool(len(self.points.batch.data))
            whole = score + _LEGEND.format(held=held) + _RINGED * is_ringed
            short = score + _SHORT_LEGEND.format(held=held) + _SHORT_RINGED * is_ringed
            self.readout.offer(whole, short, score.removesuffix(" · "), *_share(self.answer))
            return
        rows, columns, _ = self.answer.probability.shape
        column = min(int((point.x() - left) / (right - left) * columns), columns - 1)
        row = min(int((point.y() - bottom) / (top - bottom) * rows), rows - 1)
        names = self._prepared.dataset.class_names
        chance = self.answer.probability[row, column]
        # Of many classes the likeliest.
        likely = range(len(names)) if len(names) <= 3 else np.argsort(chance)[:-4:-1]
        if self.answer.gives_scores:
            score = self.answer.scores[row, column]
            figures = [f"score of {names[number]} = {signed(score[number])}" for number in likely]
        else:
            figures = [f"P({names[number]}) = {percent(chance[number])}" for number in likely]
        self.readout.setText(f"({point.x():+.2f}, {point.y():+.2f}) · {' · '.join(figures)}")


def _score(answer: BoundaryField) -> str:
    """Of the part's points that were looked at so many are on their side."""
    if not answer.examples:
        return ""
    points = counted(answer.examples, f"{PART_ADJECTIVES[answer.part]} point")
    return f"{percent(answer.right / answer.examples)} of {points} right · "


def _share(answer: BoundaryField) -> list[str]:
    """The same in the fewest words."""
    return [f"{percent(answer.right / answer.examples)} right"] if answer.examples else []


def _keys(examples: Examples, index: npt.NDArray[np.intp] | slice = slice(None)) -> list[tuple[float, ...]]:
    """Examples of the plane as (x, y, class), to know them again among the drawn points."""
    return [
        (*place, float(label)) for place, label in zip(examples.inputs[index].tolist(), examples.labels[index], strict=True)
    ]
