"""Parallel coordinates: an axis for every setting and for the objective, a line for every trial. Dragging along an axis
holds up those lines alone that pass there.
"""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QPushButton, QStyleOptionGraphicsItem, QWidget

from nnlab.experiments.run_report.ticks import linear_ticks, log_ticks
from nnlab.experiments.sweeps.records import DIVERGED, FAILED
from nnlab.models.arrays import Array
from nnlab.ui.sweeps.column import Column
from nnlab.ui.sweeps.parallel_geometry import LEFT, RIGHT, Frame, brushed, joined, lines, nearest_line
from nnlab.ui.sweeps.picture import NEAR, TrialPicture, around
from nnlab.ui.sweeps.shades import SHADES, by_shade, shade_places, shades
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.board import Board
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.keyboard_pointer import Array as Places
from nnlab.ui.widgets.keyboard_pointer import Click, KeyClick

_EMPTY = "A line for every trial appears here: through what it chose, to what came of it."
_HINT = "Drag along an axis to highlight the trials that pass there"
# Pixels: around an axis at which dragging means it, of a brush that is none, and half of a brush's width.
_AXIS_NEAR, _LEAST_BRUSH, _BRUSH_HALF = 16.0, 4.0, 6.0
_MOST_TICKS = 7


class ParallelPage(TrialPicture):
    """Coloured by the objective; what failed is dashed, and ends before the objective."""

    title = "Parallel coordinates"

    def __init__(self) -> None:
        super().__init__(_EMPTY)
        self.brushes: dict[str, tuple[float, float]] = {}  # by the column's name, shares of its axis
        self._points: Array = np.zeros((0, 0, 2))
        self._inside = np.zeros(0, bool)
        self._drawn: dict[int, Array] = {}  # by the identity of the item
        self.board = Board(self.canvas, self._lay_out)
        self.surface = _DragSurface(self)
        self.board.box.addItem(self.surface, ignoreBounds=True)
        self.curves = [self._curve(shade + 2) for shade in range(SHADES)]
        self.faint, self.broken = self._curve(0), self._curve(1)
        # Among many others the line that is meant is seen by the gap around it.
        self.halo, self.emphasis = self._curve(SHADES + 2), self._curve(SHADES + 3)
        self.all = QPushButton("Show all")
        self.all.setToolTip("Take the marks off the axes")
        self.all.clicked.connect(self.clear_brushes)
        self.controls.addWidget(label(_HINT, "muted"))
        self.controls.addWidget(self.all)
        self.all.hide()

    def _curve(self, depth: int) -> pg.PlotCurveItem:
        curve = pg.PlotCurveItem(connect="finite")
        curve.setZValue(-SHADES - 5 + depth)
        self.board.box.addItem(curve, ignoreBounds=True)
        return curve

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns that have an axis."""
        return (*self.results.settings, self.results.objective) if self.results is not None else ()

    @property
    def frame(self) -> Frame:
        """Where the axes stand."""
        return Frame(*self.board.size, len(self.shown))

    @property
    def inside(self) -> Array:
        """Which trials pass through all brushes (n,)."""
        return self._inside

    def brush(self, place: int, low: float, high: float) -> None:
        """Hold up what passes the axis there, shares from and to; as good as nothing takes the brush away."""
        name = self.shown[place].name
        if (high - low) * (self.frame.bottom - self.frame.top) < _LEAST_BRUSH:
            self.brushes.pop(name, None)
        else:
            self.brushes[name] = (low, high)
        self.draw()

    def clear_brushes(self) -> None:
        """Hold up everything."""
        self.brushes.clear()
        self.draw()

    def draw(self) -> None:
        """Axes, brushes and lines."""
        results, frame = self.results, self.frame
        if results is None:
            return
        columns = self.shown
        self._points = lines(columns, frame)
        places = {place: self.brushes[one.name] for place, one in enumerate(columns) if one.name in self.brushes}
        self._inside = brushed(columns, places)
        self.all.setVisible(bool(places))
        states = np.array([trial.state for trial in results.trials])
        is_broken = np.isin(states, (FAILED, DIVERGED))
        colors = shade_places(results.goodness())
        for curve, chosen in zip(self.curves, by_shade(colors, self._inside & ~is_broken), strict=True):
            self._put(curve, self._points[chosen])
        self._put(self.faint, self._points[~self._inside & (colors >= 0) & ~is_broken])
        self._put(self.broken, self._points[self._inside & is_broken])
        self._draw_axes(columns, frame)

    def _put(self, curve: pg.PlotCurveItem, points: Array) -> None:
        """Lines into an item, unless they are in it: where one more trial has ended, most are as they were."""
        before = self._drawn.get(id(curve))
        if before is None or not np.array_equal(before, points, equal_nan=True):
            self._drawn[id(curve)] = points
            curve.setData(*joined(points))

    def _draw_axes(self, columns: tuple[Column, ...], frame: Frame) -> None:
        board, theme = self.board, self.theme
        board.begin()
        gap = (frame.width - LEFT - RIGHT) / max(len(columns) - 1, 1)
        for place, (column, x) in enumerate(zip(columns, frame.across.tolist(), strict=True)):
            board.rectangle(QRectF(x - 0.5, frame.top, 1, frame.bottom - frame.top), fill=theme.muted)
            is_last = place == len(columns) - 1 and len(columns) > 1
            anchor = (1.0 if is_last else 0.0 if place == 0 and len(columns) > 1 else 0.5, 0.0)
            at = frame.width - 4 if is_last else 4.0 if anchor[0] == 0 else x
            board.text(column.title, at, 4, theme.text, bold=is_last, anchor=anchor, width=max(gap - 12, 60))
            for share, text in axis_ticks(column):
                y = float(frame.down(np.array(share)))
                board.rectangle(QRectF(x - 3, y - 0.5, 6, 1), fill=theme.muted)
                width = max(gap - 16, 40)
                # The lines would strike it through.
                ground = QRectF(x + 4, y - 8, min(board.width_of(text), width) + 4, 16)
                board.rectangle(ground, fill=f"#C0{theme.surface[1:]}")
                board.text(text, x + 6, y, theme.text, anchor=(0, 0.5), width=width)
            if column.name in self.brushes:
                low, high = self.brushes[column.name]
                top, bottom = float(frame.down(np.array(high))), float(frame.down(np.array(low)))
                fill = QColor(theme.accent)
                board.rectangle(
                    QRectF(x - _BRUSH_HALF, top, 2 * _BRUSH_HALF, bottom - top),
                    line=theme.accent,
                    fill=f"#50{fill.name()[1:]}",
                    width=1,
                )
        board.end()

    def show_mark(self) -> None:
        """Its line, above all others."""
        place = self.marked
        line = self._points[:0] if place is None else self._points[place : place + 1]
        for curve in (self.halo, self.emphasis):
            curve.setData(*joined(line))

    def recolor(self) -> None:
        """The lines."""
        theme: Theme = self.theme
        for curve, color in zip(self.curves, shades(theme), strict=True):
            curve.setPen(pg.mkPen(color, width=1))
        faint = QColor(theme.border)
        self.faint.setPen(pg.mkPen(faint, width=1))
        self.broken.setPen(pg.mkPen(theme.danger, width=1, style=Qt.PenStyle.DashLine))
        self.halo.setPen(pg.mkPen(theme.surface, width=7))
        self.emphasis.setPen(pg.mkPen(theme.text, width=3))

    def trial_at(self, position: QPointF) -> int | None:
        """The line that passes there, of those that are held up."""
        point, held = self.board.point_at(position), np.flatnonzero(self._inside)
        found = nearest_line(self._points[held], point.x(), point.y(), NEAR)
        return None if found is None else int(held[found])

    def places(self) -> Places:
        """Where its line meets the last axis that it reaches."""
        points = self._points
        known = np.asarray(np.isfinite(points).all(axis=-1))
        last = np.where(known.any(axis=1), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1), 0)
        ends = points[np.arange(len(points)), last]
        corner = self.board.scene_position(0, 0)
        held = np.where(self._inside[:, None], ends, np.nan)
        return around(held + np.array([corner.x(), corner.y()]))

    def drag(self, start: QPointF, end: QPointF) -> None:
        """From one point of the sheet to another: along the axis at which it began."""
        frame = self.frame
        place = frame.axis_at(start.x(), _AXIS_NEAR) if self.results is not None else None
        if place is not None:
            low, high = sorted((frame.share_at(start.y()), frame.share_at(end.y())))
            self.brush(place, low, high)

    def _click(self, event: Click) -> None:
        """On an axis the mouse takes its brush away; the lines that meet there are met between the axes."""
        place = self.frame.axis_at(self.board.point_at(event.scenePos()).x(), _AXIS_NEAR)
        if place is not None and not isinstance(event, KeyClick):
            self.brush(place, 0.0, 0.0)
        else:
            super()._click(event)

    def _lay_out(self) -> None:
        # The board asks as soon as it is made.
        if getattr(self, "emphasis", None) is not None and not self.is_empty:
            self.draw()
            self.show_mark()


def axis_ticks(column: Column) -> list[tuple[float, str]]:
    """Shares of the axis and what stands there: round numbers, or its levels."""
    if column.levels:
        every = -(-len(column.levels) // (2 * _MOST_TICKS))
        values = np.arange(0, len(column.levels), every, dtype=float)
    else:
        low, high = column.ends
        ticks = log_ticks(low, high, _MOST_TICKS) if column.is_log else linear_ticks(low, high, _MOST_TICKS)
        values = np.array([tick for tick in ticks if low <= tick <= high], float)
    return [(float(share), column.text(float(value))) for share, value in zip(column.shares(values), values, strict=True)]


class _DragSurface(pg.GraphicsObject):
    """Nothing to see: it takes drags along the axes, wherever they go."""

    def __init__(self, page: ParallelPage) -> None:
        super().__init__()
        self._page = page
        self.setZValue(10)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        """All of the sheet."""
        return QRectF(0, 0, *self._page.board.size)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Nothing."""

    def mouseDragEvent(self, event: MouseDragEvent) -> None:
        """A brush, from where the button was pressed."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self._page.drag(event.buttonDownPos(), event.pos())
