"""The track: a line from the first step to now with marks on it, and a handle where one stands."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.timeline.marks import KINDS, Mark, marks_near
from nnlab.ui.timeline.shapes import SHAPES, STAR_COLOR
from nnlab.ui.views.parts.scales import step_along
from nnlab.ui.widgets.explained import literally

# So much it reaches beyond its ends, for the handle.
SIDE = 9.0
_HEIGHT = 30
_HANDLE = 6.5
_GROOVE = 3.0
# Ticks nearer than this to each other would be a bar.
_APART = 7.0
# So many pixels around the mouse a mark is meant.
_REACH = 5.0


class Track(QWidget):
    """Drag the handle, click anywhere, or press Home and End; `wanted` says which step is meant."""

    wanted = Signal(int)
    paged = Signal(int)  # an epoch back (-1) or forth (1)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.setMouseTracking(True)
        self.first = self.last = 0
        self.at: int | None = None  # None while it is now
        self.marks: tuple[Mark, ...] = ()
        self._theme = LIGHT
        self._hovered: float | None = None
        self._places: tuple[float, float, float] | None = None

    def show_run(self, first: int, last: int, at: int | None, marks: Sequence[Mark]) -> None:
        """The steps that there are, the one that is shown, and what is marked."""
        now = (first, last, at, tuple(marks))
        if now != (self.first, self.last, self.at, self.marks):
            self.first, self.last, self.at, self.marks = now
            self.update()

    def align(self, places: tuple[float, float, float] | None) -> None:
        """Where, from its left, the first and the last step lie, and it ends; None where nothing says so."""
        if places != self._places:
            self._places = places
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Everything is painted anew."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, _HEIGHT)

    def x_of(self, step: float) -> float:
        """Where a step lies."""
        left, now, _ = self._ends
        return left + (step - self.first) / max(self.last - self.first, 1) * (now - left)

    def step_at(self, x: float) -> int:
        """The step that lies there, between the first and the last."""
        return round(min(max(self.first + (x - self._ends[0]) * self._steps_per_pixel, self.first), self.last))

    def words_at(self, x: float) -> str:
        """What lies there: a step, and what is marked near it."""
        step, reach = self.step_at(x), _REACH * self._steps_per_pixel
        found = marks_near(self.marks, step, reach)
        return "\n".join([f"step {step:,}", *(f"step {mark.step:,}: {mark.words}" for mark in found)])

    @property
    def _ends(self) -> tuple[float, float, float]:
        """Where the first and the last step lie, and the track ends."""
        if self._places is not None:
            left, now, right = self._places
            return left, max(left, now), right
        # As the axis of the curves it grows in steps, so that nothing moves while it trains.
        share = (self.last - self.first) / max(step_along(self.last) - self.first, 1.0)
        right = self.width() - SIDE
        return SIDE, SIDE + share * (right - SIDE), right

    @property
    def _steps_per_pixel(self) -> float:
        left, now, _ = self._ends
        return (self.last - self.first) / max(now - left, 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there; a mark that is met is what is meant."""
        if event.button() == Qt.MouseButton.LeftButton and self.isEnabled():
            self.wanted.emit(self._meant(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or look what lies there."""
        self._hovered = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton and self.isEnabled():
            self.wanted.emit(self.step_at(self._hovered))
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is looked at any more."""
        self._hovered = None
        self.update()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """What lies under the mouse is told while one hovers."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.last > self.first:
            QToolTip.showText(event.globalPos(), literally(self.words_at(event.pos().x())), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End are the ends, the page keys go by epochs; arrow keys are the window's."""
        match event.key():
            case Qt.Key.Key_Home:
                self.wanted.emit(self.first)
            case Qt.Key.Key_End:
                self.wanted.emit(self.last)
            case Qt.Key.Key_PageUp:
                self.paged.emit(-1)
            case Qt.Key.Key_PageDown:
                self.paged.emit(1)
            case _:
                super().keyPressEvent(event)

    def _meant(self, x: float) -> int:
        """The step of a mark that is hit, or the one that lies there."""
        reach = _REACH * self._steps_per_pixel
        exact = self.step_at(x)
        near = marks_near(self.marks, exact, reach)
        return min(near, key=lambda mark: abs(mark.step - exact)).step if near else exact

    def paintEvent(self, event: QPaintEvent) -> None:
        """Groove, marks, what lies ahead of where one stands, and the handle."""
        theme, middle = self._theme, self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            left, now, right = self._ends
            here = now if self.at is None else self.x_of(self.at)
            self._fill(painter, left, right, theme.border)
            if self.last > self.first:
                self._fill(painter, left, here, theme.accent if self.isEnabled() else theme.muted)
                self._fill(painter, here, now, theme.faint)
                self._paint_marks(painter, middle)
                self._paint_handle(painter, here, middle)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.accent), 1, Qt.PenStyle.DotLine))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _fill(self, painter: QPainter, left: float, right: float, color: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(left, self.height() / 2 - _GROOVE / 2, max(right - left, 0), _GROOVE), 1.5, 1.5)

    def _paint_marks(self, painter: QPainter, middle: float) -> None:
        drawn: dict[str, float] = {}
        for mark in self.marks:
            if not self.first <= mark.step <= self.last:
                continue
            x, (color, shape) = self.x_of(mark.step), KINDS[mark.kind]
            if x - drawn.get(mark.kind, -_APART) < _APART:
                continue
            drawn[mark.kind] = x
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(STAR_COLOR if color == "star" else getattr(self._theme, color)))
            painter.drawPolygon(QPolygonF([QPointF(x + across, middle + down) for across, down in SHAPES[shape]]))

    def _paint_handle(self, painter: QPainter, x: float, middle: float) -> None:
        theme = self._theme
        painter.setPen(QPen(QColor(theme.surface), 1.5))
        painter.setBrush(QColor(theme.muted if not self.isEnabled() else theme.accent if self.at is None else theme.past))
        painter.drawEllipse(QPointF(x, middle), _HANDLE, _HANDLE)
