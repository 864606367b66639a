"""A pad to draw on with the mouse: light ink on black, smooth strokes, an eraser, and the last stroke taken back."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnlab.ui.theme import LIGHT, Theme

_SIDE = 280  # pixels of the canvas, whatever the pad's size on screen
_MOST_STROKES = 500
# Measured by drawing digits: the ink of the small pictures is then as much as that of the 8x8 digits and of MNIST.
_PEN = 16
_SHARE_OF_PIXEL = 0.73
_DRAWN_HEIGHT = 0.7 * _SIDE  # how high people draw
_INVITATION = "Draw here"


def fitting_width(pixels: int) -> float:
    """How wide a brush is, in pixels of the canvas, whose drawing will be made so many pixels high.

    A pen's line and most of one of those pixels: a thinner one turns pale when a small picture is made of it.
    """
    return _PEN + _SHARE_OF_PIXEL * _DRAWN_HEIGHT / max(pixels, 1)


@dataclass
class Stroke:
    """Points in pixels of the canvas, as wide as the brush was."""

    width: float
    erases: bool
    points: list[QPointF] = field(default_factory=list)


class DrawingPad(QWidget):
    """Emits `drawn` with every move that leaves ink or takes it away. `canvas` is what is on it."""

    drawn = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Drawing pad")
        self.setAccessibleDescription("Draw with the mouse; the model answers with every stroke")
        self.setCursor(Qt.CursorShape.CrossCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.setMinimumSize(96, 96)
        self.brush_width = fitting_width(20)
        self.erases = False
        self.strokes: list[Stroke] = []
        self._theme = LIGHT
        self._present: Stroke | None = None
        # Without the tip of the present stroke, which bends when its next point comes; and with it.
        self._settled = QImage(_SIDE, _SIDE, QImage.Format.Format_Grayscale8)
        self._settled.fill(0)
        self._image = self._settled.copy()

    @property
    def canvas(self) -> np.ndarray:
        """The ink (height, width) uint8, 255 where it is full; a copy."""
        rows = np.frombuffer(self._image.constBits(), np.uint8).reshape(_SIDE, self._image.bytesPerLine())
        return rows[:, :_SIDE].copy()

    @property
    def is_empty(self) -> bool:
        """Whether there is no ink."""
        return not self.canvas.any()

    def clear(self) -> None:
        """Take all strokes away."""
        self.strokes.clear()
        self._draw_all()

    def undo(self) -> None:
        """Take the last stroke away."""
        if self.strokes:
            self.strokes.pop()
            self._draw_all()

    def apply_theme(self, theme: Theme) -> None:
        """The border; ink is light on black in every theme, as pictures are."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As large as its canvas."""
        return QSize(_SIDE, _SIDE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke: a dot at least. The right button erases."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        erases = self.erases or event.button() == Qt.MouseButton.RightButton
        self._present = Stroke(self.brush_width, erases)
        self.strokes = [*self.strokes, self._present][-_MOST_STROKES:]
        self._extend(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on."""
        if self._present is not None:
            self._extend(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The canvas, as large as fits, with a border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place()
        painter.drawImage(place, self._image)
        painter.setPen(QPen(QColor(self._theme.border), 1))
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
        if not self.strokes:
            painter.setPen(QColor("#9198A1"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _INVITATION)
        painter.end()

    def _place(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF(0, 0, side, side)

    def _extend(self, position: QPointF) -> None:
        place, stroke = self._place(), self._present
        assert stroke is not None
        stroke.points.append((position - place.topLeft()) * (_SIDE / place.width()))
        _paint(self._settled, stroke, _piece(stroke.points, len(stroke.points) - 1))
        self._image = self._settled.copy()
        _paint(self._image, stroke, _tip(stroke.points))
        self.update()
        self.drawn.emit()

    def _settle(self) -> None:
        """The stroke is over: its tip stays."""
        if self._present is not None:
            self._present = None
            self._settled = self._image.copy()

    def _draw_all(self) -> None:
        self._present = None
        self._settled.fill(0)
        for stroke in self.strokes:
            for index in range(len(stroke.points)):
                _paint(self._settled, stroke, _piece(stroke.points, index))
            _paint(self._settled, stroke, _tip(stroke.points))
        self._image = self._settled.copy()
        self.update()
        self.drawn.emit()


def _piece(points: list[QPointF], last: int) -> QPainterPath:
    """What point number `last` adds to a stroke: from the middle of one pair of points to the middle of the next, bent
    towards the point between, so that the pieces of a hasty stroke join without corners.
    """
    if last == 0:
        return QPainterPath(points[0])
    path = QPainterPath(points[0] if last == 1 else (points[last - 2] + points[last - 1]) / 2)
    path.quadTo(points[last - 1], (points[last - 1] + points[last]) / 2)
    return path


def _tip(points: list[QPointF]) -> QPainterPath:
    """From the last middle straight to the mouse; of a single point, a dot."""
    before = (points[-2] + points[-1]) / 2 if len(points) > 1 else points[-1]
    path = QPainterPath(before)
    path.lineTo(points[-1])
    return path


def _paint(image: QImage, stroke: Stroke, path: QPainterPath) -> None:
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(0, 0, 0) if stroke.erases else QColor(255, 255, 255)
    painter.setPen(QPen(color, stroke.width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    if path.elementCount() > 1 and path.length() > 0:
        painter.drawPath(path)
    else:
        painter.drawPoint(path.currentPosition())
    painter.end()
