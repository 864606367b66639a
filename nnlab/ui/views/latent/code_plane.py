"""Codes as points of a plane, coloured by class, with a mark that can be dragged."""

import time

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QGraphicsPixmapItem

from nnlab.models.arrays import Array
from nnlab.probes.latent import LatentCodes
from nnlab.ui.theme import CLASS_COLORS, CLASS_SYMBOLS, Theme, class_color
from nnlab.ui.views.parts.number_axis import NumberAxis
from nnlab.ui.views.view import color_axis, step_up

_POINT_PIXELS = 6
# While codes change, two thousand points follow this often: drawing them takes a third of a frame.
_POINTS_SECONDS = 0.12
_HOVER_PIXELS = 84
_REACH_PIXELS = 9
# The axes hold all but the most extreme points, and move only when the points have left them or shrunk to half.
_COVERED_PERCENT = 99.0
_MARGIN = 1.15
# Of a letter: clear of the arms of the cross and of the ring that it names, at their upper right.
_BESIDE = (-0.4, 1.1)
# CLASS_SYMBOLS as letters, for a line of text.
CLASS_SHAPES = "●■▼◆▲⬟⬢★▶✚"


class CodePlane(pg.PlotItem):
    """One scatter item per colour; what lies under the mouse is told by its row in the picture that is drawn."""

    picked = Signal(int, bool)  # row, whether with Shift
    dragged = Signal(float, float)
    pointed = Signal(int)  # row under the mouse, or -1

    def __init__(self) -> None:
        super().__init__(enableMenu=False, axisItems={side: NumberAxis(side) for side in ("left", "bottom")})
        self.hideButtons()
        self.setMinimumWidth(220)
        self._theme: Theme | None = None
        self._points: Array = np.empty((0, 2))
        self._reach = (0.0, 0.0)
        self._centre = (0.0, 0.0)
        self.is_dragging = False
        self._plane = ""
        self._drawn = 0.0
        self.scatters = [self._make_scatter(number) for number in range(len(CLASS_COLORS))]
        self._path = pg.PlotCurveItem()
        self.addItem(self._path)
        self.ends = pg.ScatterPlotItem(size=15, symbol="o", brush=None)
        self.addItem(self.ends)
        self._letters = [pg.TextItem(letter, anchor=_BESIDE) for letter in "AB"]
        for letter in self._letters:
            self.addItem(letter, ignoreBounds=True)
        self.mark = pg.TargetItem((0, 0), size=18, symbol="crosshair", movable=True)
        self.mark.setZValue(10)
        self.addItem(self.mark, ignoreBounds=True)
        self.mark.sigPositionChanged.connect(self._drag)
        self.mark.sigPositionChangeFinished.connect(self._drop)
        self._shown = QGraphicsPixmapItem(self)
        self._shown.setZValue(20)
        self._shown.hide()

    def begin(self) -> None:
        """Another run: another scale."""
        self._reach = (0.0, 0.0)
        self._plane = ""
        self._points = np.empty((0, 2))
        self._shown.hide()

    def draw(self, answer: LatentCodes) -> None:
        """Points, ends of the strip, and the mark unless it is in a hand."""
        now = time.monotonic()
        if answer.is_fresh or answer.plane != self._plane or now - self._drawn > _POINTS_SECONDS:
            self._plane, self._drawn = answer.plane, now
            self._draw_points(answer)
        if np.isfinite(answer.ends).all():
            self._path.setData(answer.ends[:, 0], answer.ends[:, 1])
            self.ends.setData(pos=answer.ends)
            for letter, place in zip(self._letters, answer.ends, strict=True):
                letter.setPos(*place)
        if not self.is_dragging and np.isfinite(answer.at).all():
            with pg.SignalBlock(self.mark.sigPositionChanged, self._drag):
                self.mark.setPos(*answer.at)

    def _draw_points(self, answer: LatentCodes) -> None:
        self._points = answer.points
        known = np.isfinite(answer.points).all(axis=1)
        colors = answer.labels % len(self.scatters)
        for number, scatter in enumerate(self.scatters):
            inside = known & (colors == number)
            scatter.setData(x=answer.points[inside, 0], y=answer.points[inside, 1])
        self._follow_range(answer.points[known])

    def show_picture(self, picture: Array | None, row: int) -> None:
        """The picture of a point beside it, (height, width, channels) of bytes; None hides it."""
        self._shown.setVisible(picture is not None)
        if picture is None or row >= len(self._points):
            return
        tall, wide = picture.shape[:2]
        pixels = np.ascontiguousarray(picture if picture.shape[2] == 3 else picture[..., :1].repeat(3, axis=2))
        image = QImage(pixels.data, wide, tall, 3 * wide, QImage.Format.Format_RGB888)
        scale = _HOVER_PIXELS / max(tall, wide)
        size = (max(round(wide * scale), 1), max(round(tall * scale), 1))
        self._shown.setPixmap(QPixmap.fromImage(image.scaled(*size)))
        place = self.mapFromScene(self.getViewBox().mapViewToScene(QPointF(*self._points[row])))
        # To the side where there is room.
        inside = self.getViewBox().geometry()
        x = place.x() + 12 if place.x() + 12 + size[0] < inside.right() else place.x() - 12 - size[0]
        y = min(max(place.y() - size[1] / 2, inside.top()), inside.bottom() - size[1])
        self._shown.setPos(x, y)

    def recolor(self, theme: Theme) -> None:
        """Axes, marks and outlines."""
        self._theme = theme
        for side in ("left", "bottom"):
            color_axis(self.getAxis(side), theme)
        for scatter in self.scatters:
            scatter.setPen(pg.mkPen(QColor(theme.surface), width=0.5))
        self._path.setPen(pg.mkPen(theme.text, width=1, style=Qt.PenStyle.DashLine))
        self.ends.setPen(pg.mkPen(theme.text, width=1.5))
        for letter in self._letters:
            letter.setColor(theme.text)
        self.mark.setPen(pg.mkPen(theme.text, width=2))
        self.mark.setHoverPen(pg.mkPen(theme.accent, width=2))

    def point_at(self, position: QPointF) -> int:
        """The row of the point nearest to a place of the scene, within reach; -1 where there is none."""
        box = self.getViewBox()
        if not len(self._points) or not box.sceneBoundingRect().contains(position):
            return -1
        place = box.mapSceneToView(position)
        pixel = np.array(box.viewPixelSize())
        with np.errstate(invalid="ignore"):
            distance = np.square((self._points - (place.x(), place.y())) / pixel).sum(axis=1)
        distance[np.isnan(distance)] = np.inf
        nearest = int(distance.argmin())
        return nearest if distance[nearest] <= _REACH_PIXELS**2 else -1

    def hover(self, position: QPointF) -> None:
        """The mouse has moved to a place of the scene."""
        self.pointed.emit(-1 if self.is_dragging else self.point_at(position))

    def click(self, position: QPointF, with_shift: bool) -> None:
        """A point is picked; elsewhere the mark is put there."""
        box = self.getViewBox()
        row = self.point_at(position)
        if row >= 0:
            self.picked.emit(row, with_shift)
        elif box.sceneBoundingRect().contains(position):
            place = box.mapSceneToView(position)
            self.dragged.emit(place.x(), place.y())

    def _drag(self, mark: pg.TargetItem) -> None:
        self.is_dragging = True
        self.dragged.emit(mark.pos().x(), mark.pos().y())

    def _drop(self) -> None:
        self.is_dragging = False

    def _make_scatter(self, number: int) -> pg.ScatterPlotItem:
        scatter = pg.ScatterPlotItem(
            size=_POINT_PIXELS, symbol=CLASS_SYMBOLS[number], brush=class_color(number), pen=None, pxMode=True
        )
        self.addItem(scatter)
        return scatter

    def _follow_range(self, points: Array) -> None:
        if not len(points):
            return
        edge = (100 - _COVERED_PERCENT) / 2
        low, high = np.percentile(points, (edge, 100 - edge), axis=0)
        centre, reach = (low + high) / 2, _MARGIN * np.maximum((high - low) / 2, 1e-9)
        old_centre, old_reach = np.array(self._centre), np.array(self._reach)
        fits = (np.abs(centre - old_centre) + reach / _MARGIN <= old_reach) & (reach > 0.4 * old_reach)
        if not fits.all():
            wide = [step_up(float(side)) for side in reach]
            self._centre, self._reach = (centre[0], centre[1]), (wide[0], wide[1])
            view = QRectF(centre[0] - wide[0], centre[1] - wide[1], 2 * wide[0], 2 * wide[1])
            self.setRange(view, padding=0)
