"""The plane as the network sees it: class probabilities as colours, the points on top."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QResizeEvent

from nnlab.training.probes import BoundaryField
from nnlab.ui.messages import Prepared
from nnlab.ui.theme import CLASS_SYMBOLS, Theme, class_color, signed_indices, signed_lut
from nnlab.ui.views.color_bar import SignedColorBar
from nnlab.ui.views.view import Columns, View, color_axis


class BoundaryView(View):
    """Probability field with training points filled and validation points hollow."""

    title = "Boundary"
    probe = "boundary"
    empty_text = "The decision boundary appears here for points in the plane; choose XOR or another 2-D dataset."

    def __init__(self) -> None:
        super().__init__()
        self._prepared: Prepared | None = None
        self._plot = self.canvas.addPlot(row=0, col=1, enableMenu=False)
        self._plot.setAspectLocked(True)
        self._plot.hideButtons()
        self._plot.setLabel("bottom", "x₁")
        self._plot.setLabel("left", "x₂")
        self.image = pg.ImageItem(axisOrder="row-major")
        self._plot.addItem(self.image)
        self._bar = SignedColorBar()
        self.canvas.addItem(self._bar, row=0, col=2)
        # The field is square; free columns at both sides keep it in the middle.
        for column in (0, 3):
            self.canvas.ci.layout.setColumnStretchFactor(column, 1)
        self._bar.set_bound(1.0)
        self.scatters: list[pg.ScatterPlotItem] = []
        self._extent: tuple[float, float, float, float] | None = None
        self._mouse = QPointF(-1, -1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)

    @classmethod
    def fits(cls, prepared: Prepared) -> bool:
        """A classifier of points in the plane."""
        return prepared.dataset.is_plane and prepared.experiment.model.predicts_classes

    def begin(self, prepared: Prepared) -> None:
        """The points change only with the run."""
        super().begin(prepared)
        self._prepared = prepared
        self._extent = None
        self._bar.setVisible(len(prepared.dataset.class_names) == 2)
        first, second = prepared.dataset.class_names[:2]
        self._bar.getAxis("right").setTicks(
            [[(-1.0, f"P({first}) = 1"), (0.0, "½"), (1.0, f"P({second}) = 1")]],
        )
        self._draw_points()

    def draw(self, answer: BoundaryField) -> None:
        """The field behind the points."""
        left, right, bottom, top = answer.extent
        if answer.extent != self._extent:
            self._extent = answer.extent
            self.image.setRect(QRectF(left, bottom, right - left, top - bottom))
            self._plot.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
            # An image set before its rectangle was would keep the old transform.
        probability = answer.probability
        if probability.shape[2] == 2:
            indices = signed_indices(probability[:, :, 1] - probability[:, :, 0], 1.0)
            self.image.setImage(indices, autoLevels=False, levels=(0, 255), lut=signed_lut(self.theme))
        else:
            self.image.setImage(self._blend(probability), autoLevels=False, levels=(0, 255), lut=None)
        self.image.setRect(QRectF(left, bottom, right - left, top - bottom))

    def show_answer(self, answer: BoundaryField) -> None:
        """Draw, and read the number under the mouse anew."""
        super().show_answer(answer)
        self._hover(self._mouse)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As wide as high, but for the axis."""
        super().resizeEvent(event)
        self._plot.setFixedWidth(max(min(self.canvas.height() + 10, self.canvas.width() - 100), 120))

    def recolor(self, theme: Theme) -> None:
        """Axes, bar and the points' outlines."""
        for side in ("left", "bottom"):
            color_axis(self._plot.getAxis(side), theme)
        self._bar.recolor(theme)
        self.image.setOpacity(0.75)
        self._draw_points()

    def columns(self) -> Columns:
        """One row per grid point: x1, x2 and the probability of every class."""
        left, right, bottom, top = self.answer.extent
        rows, columns, classes = self.answer.probability.shape
        x, y = np.meshgrid(np.linspace(left, right, columns), np.linspace(bottom, top, rows))
        flat = self.answer.probability.reshape(-1, classes)
        names = self._prepared.dataset.class_names if self._prepared else ()
        probabilities = {f"p_{name}": list(flat[:, place]) for place, name in enumerate(names)}
        return {"x1": list(x.ravel()), "x2": list(y.ravel()), **probabilities}

    def _blend(self, probability: np.ndarray) -> np.ndarray:
        """Every class's colour, as strong as its probability; near white or black where the network is unsure."""
        colors = np.array([class_color(label).getRgb()[:3] for label in range(probability.shape[2])], float)
        ground = np.array(QColor(self.theme.surface).getRgb()[:3], float)
        strength = probability.max(axis=2, keepdims=True)
        mixed = (probability @ colors) * strength + ground * (1 - strength)
        return mixed.astype(np.uint8)

    def _draw_points(self) -> None:
        for scatter in self.scatters:
            self._plot.removeItem(scatter)
        self.scatters = []
        if self._prepared is None:
            return
        examples, split = self._prepared.dataset.train, self._prepared.split
        for index, is_validation in ((split.train, False), (split.validation, True)):
            for number in range(len(self._prepared.dataset.class_names)):
                points = examples.inputs[index[examples.labels[index] == number]]
                self._add_scatter(points, number, is_validation)

    def _add_scatter(self, points: np.ndarray, number: int, is_validation: bool) -> None:
        color = class_color(number)
        outline = pg.mkPen(color if is_validation else QColor(self.theme.surface), width=1.5 if is_validation else 1)
        scatter = pg.ScatterPlotItem(
            x=points[:, 0],
            y=points[:, 1],
            symbol=CLASS_SYMBOLS[number % len(CLASS_SYMBOLS)],
            size=8,
            pen=outline,
            brush=QColor(self.theme.surface) if is_validation else color,
        )
        self._plot.addItem(scatter)
        self.scatters.append(scatter)

    def _hover(self, position: QPointF) -> None:
        self._mouse = position
        if self.answer is None or self._prepared is None:
            return
        point = self._plot.getViewBox().mapSceneToView(position)
        left, right, bottom, top = self.answer.extent
        if not (left <= point.x() <= right and bottom <= point.y() <= top):
            self.readout.setText("filled: training points · hollow: validation points")
            return
        rows, columns, _ = self.answer.probability.shape
        column = min(int((point.x() - left) / (right - left) * columns), columns - 1)
        row = min(int((point.y() - bottom) / (top - bottom) * rows), rows - 1)
        names = self._prepared.dataset.class_names
        chances = " · ".join(
            f"P({name}) = {p:.3f}" for name, p in zip(names, self.answer.probability[row, column], strict=True)
        )
        self.readout.setText(f"({point.x():+.2f}, {point.y():+.2f}) · {chances}")
