"""The network diagram, painted as one item: lines and bands behind, columns of units on top, captions and scales around."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QStyleOptionGraphicsItem, QWidget

from nnlab.probes import Selection
from nnlab.probes.columns import column_at
from nnlab.probes.magnitude import magnitude
from nnlab.probes.network import NetworkNumbers
from nnlab.ui.theme import LIGHT, Theme, signed_lut
from nnlab.ui.views.network.captions import NetworkCaptions
from nnlab.ui.views.network.column_images import column_image, line_strengths
from nnlab.ui.views.network.layout import Frame, arrange, curve, ends, height_of_all, line_at
from nnlab.ui.views.network.wires import Joint, joints_of, paint_joint
from nnlab.ui.views.parts.outline import paint_outline
from nnlab.ui.views.parts.scales import Scales

# Lines are gathered by strength, so that few pens draw them all.
_STRENGTHS = 8
_MOST_CURVES = 512


@dataclass(frozen=True)
class Spot:
    """What lies under a point: a column, perhaps a unit of it, or a weight into it."""

    place: int
    unit: int = -1
    weight: tuple[int, int] | None = None  # source and target


class NetworkDiagram(pg.GraphicsWidget):
    """Paints NetworkNumbers; knows what lies where."""

    def __init__(self, scales: Scales) -> None:
        super().__init__()
        self.theme: Theme = LIGHT
        self.picture: NetworkNumbers | None = None
        self.frames: tuple[Frame, ...] = ()
        self.gradients = False
        self.selection = Selection()
        self.hovered: Spot | None = None
        self.scales = scales
        self._images: list[list[tuple[QRectF, QImage]]] = []
        self._curves: dict[int, list[QPainterPath]] = {}
        self._strengths: dict[int, np.ndarray] = {}
        self.joints: tuple[Joint, ...] = ()
        self._arranged_for: object = None
        self._metrics: dict[int, QFontMetricsF] = {}  # asked thirty times while one picture is painted
        self._captions = NetworkCaptions()

    def show_picture(self, picture: NetworkNumbers, gradients: bool) -> None:
        """Make pictures of the numbers, and paint them soon."""
        self.picture, self.gradients = picture, gradients
        self._metrics.clear()
        self._arrange()
        self._images = [column_image(self, place) for place in range(len(picture.columns))]
        self._strengths = {}
        for place in self._curves:
            lines = picture.lines(place, gradients)
            if lines is not None:
                bound = self.scales.follow(("lines", place, gradients), magnitude(lines))
                self._strengths[place] = line_strengths(lines, bound, _STRENGTHS)
        self.update()

    def forget(self) -> None:
        """A new run: other columns."""
        self.picture, self.hovered, self._arranged_for = None, None, None
        self.update()

    def least_size(self, picture: NetworkNumbers) -> QSizeF:
        """What this picture needs to be read."""
        return self._captions.least_size(picture, self.metrics())

    def bound(self, place: int) -> float:
        """What the colours of a column reach to."""
        return self.scales.bounds.get(("units", place, self.gradients), 1.0)

    def has_lines(self, place: int) -> bool:
        """Whether the weights into a column are drawn one by one."""
        return place in self._strengths

    def spot_at(self, point: QPointF) -> Spot | None:
        """What lies under a point of the item."""
        if self.picture is None:
            return None
        for place, frame in enumerate(self.frames):
            unit = frame.unit_at(point.x(), point.y())
            if unit is not None:
                return Spot(place, unit)
            if self._captions.caption_rect(frame).contains(point) or frame.rect.contains(point):
                return Spot(place)
        for place in self._curves:
            weight = line_at(self._before(place), self.frames[place], point.x(), point.y())
            if weight is not None:
                return Spot(place, weight=weight)
        return None

    def spots(self) -> list[tuple[QRectF, Spot]]:
        """Where each column's caption lies, and each of its units; a picture's pixels are no places to go to."""
        found: list[tuple[QRectF, Spot]] = []
        for index, frame in enumerate(self.frames if self.picture is not None else ()):
            found.append((self._captions.caption_rect(frame), Spot(index)))
            if frame.style != "picture":
                found += [(frame.unit_rect(unit), Spot(index, unit)) for unit in range(frame.count)]
        return found

    def resizeEvent(self, event: object) -> None:
        """Everything finds a new place."""
        super().resizeEvent(event)
        if self.picture is not None:
            self.show_picture(self.picture, self.gradients)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """All of it, back to front."""
        if self.picture is None or not self.frames:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setFont(self._font())
        for index in range(1, len(self.frames)):
            if index in self._strengths:
                self._paint_lines(painter, index)
            elif self.picture.columns[index].joins is None:
                self._paint_band(painter, index)
        self._paint_strongest(painter)
        for joint in self.joints:
            paint_joint(painter, joint, self.theme, self.metrics())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for index in range(len(self.frames)):
            self._paint_column(painter, index)
        self._paint_selection(painter)
        self._captions.paint(painter, self)

    def _arrange(self) -> None:
        assert self.picture is not None
        picture, size = self.picture, self.size()
        key = (picture.columns, picture.line_starts, size.width(), size.height())
        if key == self._arranged_for:
            return
        self._arranged_for = key
        left = self._captions.room_for_inputs(picture, self.metrics(), size)
        right = self._captions.room_for_outputs(picture, self.metrics(), size)
        self.frames = arrange(picture.columns, size.width(), size.height(), left, right)
        self.joints = joints_of(picture.columns, self.frames, height_of_all(size.height()))
        self._curves = {
            place: self._make_curves(place) for place in range(1, len(self.frames)) if picture.line_starts[place] >= 0
        }
        self._curves = {place: curves for place, curves in self._curves.items() if curves}

    def _before(self, place: int) -> Frame:
        """Of the column whose numbers come in."""
        assert self.picture is not None
        return self.frames[self.picture.columns[place].sources[0]]

    def _make_curves(self, place: int) -> list[QPainterPath]:
        before, frame = self._before(place), self.frames[place]
        if before.style != "list" or frame.style != "list" or before.count * frame.count > _MOST_CURVES:
            return []
        return [
            curve(*ends(before, frame, source, target)) for source in range(before.count) for target in range(frame.count)
        ]

    def _font(self, pixels: int = 12) -> QFont:
        font = QFont(QApplication.font())
        font.setPixelSize(pixels)
        return font

    def line_pen(self, strength: int, widest: float) -> QPen:
        """Of lines of a strength from -8 to 8: colour and thickness grow with it."""
        # Even the weakest can be told from the ground.
        index = 127 + round(107 * strength / _STRENGTHS) + 20 * ((strength > 0) - (strength < 0))
        color = QColor(*(int(part) for part in signed_lut(self.theme)[min(max(index, 0), 254)]))
        return QPen(color, 0.6 + (widest - 0.6) * abs(strength) / _STRENGTHS)

    def _paint_lines(self, painter: QPainter, place: int) -> None:
        """The weakest first, so that the strong ones lie on top."""
        strengths, curves = self._strengths[place].ravel(), self._curves[place]
        widest = min(max(0.3 * self.frames[place].pitch, 2.0), 6.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setOpacity(1.0 if self._moves(place) else 0.35)
        for degree in range(_STRENGTHS + 1):
            for strength in sorted({degree, -degree}):
                chosen = np.flatnonzero(strengths == strength)
                if len(chosen):
                    painter.setPen(self.line_pen(strength, widest))
                    path = QPainterPath()
                    for number in chosen:
                        path.addPath(curves[number])
                    painter.drawPath(path)
        painter.setOpacity(1.0)

    def _moves(self, place: int) -> bool:
        """Whether a column's weights learn; all do where none has weights of its own."""
        assert self.picture is not None
        column = self.picture.columns[place]
        return column.learns or not column.tensor

    def _paint_band(self, painter: QPainter, place: int) -> None:
        """Where lines would be too many: one band, named by its shape."""
        assert self.picture is not None
        before, frame = self._before(place), self.frames[place]
        left, right = before.x + before.width, frame.x
        corners = [
            QPointF(left + 3, before.y),
            QPointF(right - 3, frame.y),
            QPointF(right - 3, frame.y + frame.height),
            QPointF(left + 3, before.y + before.height),
        ]
        painter.setPen(Qt.PenStyle.NoPen)
        color = QColor(self.theme.selected if self._moves(place) and self.picture.phase else self.theme.hover)
        painter.setBrush(color)
        painter.drawPolygon(QPolygonF(corners))

    @property
    def fanned(self) -> int | None:
        """The column into whose selected unit the strongest weights are drawn, since all would be too many."""
        picture, selection = self.picture, self.selection
        if picture is None:
            return None
        place = column_at(picture.columns, selection.layer)
        if not place or place in self._strengths or not len(picture.strongest):
            return None
        return place if 0 <= selection.unit < self.frames[place].count else None

    def _paint_strongest(self, painter: QPainter) -> None:
        picture, place = self.picture, self.fanned
        if picture is None or place is None:
            return
        before, frame = self._before(place), self.frames[place]
        bound = float(np.abs(picture.strongest_weights[0])) or 1.0
        if not np.isfinite(bound):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for source, weight in zip(picture.strongest[::-1], picture.strongest_weights[::-1], strict=True):
            if source < before.count and np.isfinite(weight):
                painter.setPen(self.line_pen(round(_STRENGTHS * float(weight) / bound), 2.4))
                painter.drawPath(curve(*ends(before, frame, int(source), self.selection.unit)))

    def _paint_column(self, painter: QPainter, place: int) -> None:
        frame = self.frames[place]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        outline = QPen(QColor(self.theme.border), 1)
        for rect, image in self._images[place]:
            painter.drawImage(rect, image)
            painter.setPen(outline)
            painter.drawRect(rect)
        if frame.style == "cells" and frame.width / frame.across >= 5:
            self._paint_grid(painter, frame)
        if (
            self.picture is not None
            and frame.style == "list"
            and self.picture.field_starts[place] >= 0
            and not self.gradients
        ):
            self._paint_points(painter, frame)

    def _paint_grid(self, painter: QPainter, frame: Frame) -> None:
        """Fine lines of the ground between cells, so that each can be seen and counted."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(self.theme.surface), 1))
        side = frame.width / frame.across
        for column in range(1, frame.across):
            painter.drawLine(
                QPointF(frame.x + column * side, frame.y), QPointF(frame.x + column * side, frame.y + frame.height)
            )
        for row in range(1, round(frame.height / side)):
            painter.drawLine(QPointF(frame.x, frame.y + row * side), QPointF(frame.x + frame.width, frame.y + row * side))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_points(self, painter: QPainter, frame: Frame) -> None:
        """The selected example, in every unit's plane."""
        assert self.picture is not None
        left, right, bottom, top = self.picture.extent
        across, up = (self.picture.point[0] - left) / (right - left), (self.picture.point[1] - bottom) / (top - bottom)
        painter.setPen(QPen(QColor(self.theme.surface), 1))
        painter.setBrush(QColor(self.theme.text))
        for unit in range(frame.count):
            rect = frame.unit_rect(unit)
            painter.drawEllipse(QPointF(rect.x() + across * rect.width(), rect.bottom() - up * rect.height()), 2.6, 2.6)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_selection(self, painter: QPainter) -> None:
        """What is selected, and what is under the mouse."""
        assert self.picture is not None
        painter.setBrush(Qt.BrushStyle.NoBrush)
        columns, selection = self.picture.columns, self.selection
        weight = selection.weight
        for place, column in enumerate(columns):
            if weight and column.tensor == weight[0] and len(weight[1]) == 2 and place in self._curves:
                source, target = weight[1][::-1] if column.is_transposed else weight[1]
                self._paint_halo(painter, place, source, target, is_selected=True)
        chosen = column_at(columns, selection.layer)
        if chosen is not None and 0 <= selection.unit < columns[chosen].units:
            self._outline_unit(painter, chosen, selection.unit, is_selected=True)
        if self.hovered is not None and self.hovered.place < len(columns):
            spot = self.hovered
            if spot.weight is not None and spot.place in self._curves:
                self._paint_halo(painter, spot.place, *spot.weight)
            elif spot.unit >= 0:
                self._outline_unit(painter, spot.place, spot.unit)

    def _paint_halo(self, painter: QPainter, place: int, source: int, target: int, is_selected: bool = False) -> None:
        before, frame = self._before(place), self.frames[place]
        if source < before.count and target < frame.count:
            paint_outline(painter, curve(*ends(before, frame, source, target)), self.theme, 3 if is_selected else 1)

    def _outline_unit(self, painter: QPainter, place: int, unit: int, is_selected: bool = False) -> None:
        frame = self.frames[place]
        if unit < frame.count:
            around = frame.unit_rect(unit).adjusted(-1, -1, 1, 1)
            paint_outline(painter, around, self.theme, 2 if is_selected else 1)

    def metrics(self, pixels: int = 12) -> QFontMetricsF:
        """To fit words into places."""
        if pixels not in self._metrics:
            self._metrics[pixels] = QFontMetricsF(self._font(pixels))
        return self._metrics[pixels]
