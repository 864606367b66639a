"""A line that names the runs which lie under the present one, each in its colour; what has no room is told by hovering."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QToolTip

from nnlab.ui.views.curves.run_pen import draw_sign

# Pixels: of a line in its colour, between that and the name, between two names, and of a name that is cut.
_SIGN, _GAP, _APART, _LEAST = 12, 5, 14, 84


@dataclass(frozen=True)
class LegendEntry:
    """One run: what it is called here, in which colour, of which round of colours, and what hovering tells.

    has_line: whether something of it is drawn; else it is only said why not
    """

    number: int
    text: str
    color: QColor
    tip: str
    round: int = 0
    has_line: bool = True


class OverlaidLegend(QLabel):
    """As many names as there is room for, cut where need be, and how many more there are. It hides where there are none."""

    hovered = Signal(object)  # the number of a run, or None

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMouseTracking(True)
        self.entries: tuple[LegendEntry, ...] = ()
        self._over: int | None = None
        self.hide()

    def show_entries(self, entries: Sequence[LegendEntry]) -> None:
        """These runs, in order."""
        self.entries = tuple(entries)
        self.setVisible(bool(entries))
        self.setAccessibleName("Runs under the present one: " + ", ".join(entry.text for entry in entries))
        self.update()

    def sizeHint(self) -> QSize:
        """A line, as wide as it is made."""
        return QSize(1, self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """A line."""
        return self.sizeHint()

    @property
    def places(self) -> list[tuple[LegendEntry, QRect]]:
        """Those that have room, and where."""
        width, metrics = self.width(), self.fontMetrics()
        wanted = [_SIGN + _GAP + metrics.horizontalAdvance(entry.text) + _APART for entry in self.entries]
        least = _SIGN + _GAP + _LEAST + _APART
        if sum(wanted) - _APART > width:
            width -= metrics.horizontalAdvance(self._more(len(self.entries)))
        # Names that need less than their share leave more to the others.
        count = max(1, min(len(wanted), width // least)) if wanted else 0
        share, left = width // max(count, 1), width
        for place, size in enumerate(sorted(wanted[:count])):
            share = max(left // (count - place), least)
            if size > share:
                break
            left -= size
        found, x = [], 0
        for entry, size in list(zip(self.entries, wanted, strict=True))[:count]:
            size = min(size, share) if sum(wanted) - _APART > self.width() else size
            found.append((entry, QRect(x, 0, size - _APART, self.height())))
            x += size
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        """A piece of line and a name for each."""
        metrics, end = self.fontMetrics(), 0
        places = self.places
        plain = self.palette().color(self.foregroundRole())
        with QPainter(self) as painter:
            for entry, place in places:
                if entry.has_line:
                    draw_sign(painter, entry.color, entry.round, place.x(), place.center().y() + 1, _SIGN)
                room = place.adjusted(_SIGN + _GAP if entry.has_line else 0, 0, 0, 0)
                painter.setPen(plain)
                text = metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, room.width() + 1)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
                end = place.right() + _APART
            if more := len(self.entries) - len(places):
                painter.setPen(plain)
                painter.drawText(self.rect().adjusted(end, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._more(more))

    def event(self, event: QEvent) -> bool:
        """Hovering tells of a run all that is known; where there are more than have room, of each its name."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self)
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().event(event)

    def tip_at(self, position: QPoint) -> str:
        """What is told there, as rich text."""
        entry = self._at(position)
        if entry is not None:
            return "".join(f"<p>{escape(line)}</p>" for line in entry.tip.split("\n"))
        names = (f"<span style='color:{entry.color.name()}'>▬</span> {escape(entry.text)}" for entry in self.entries)
        return f"<p style='white-space:pre'>{'<br>'.join(names)}</p>" if self.entries else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Whoever draws the lines may draw this one stronger."""
        entry = self._at(event.position().toPoint())
        self._hover(None if entry is None else entry.number)

    def _hover(self, number: int | None) -> None:
        if number != self._over:
            self._over = number
            self.hovered.emit(number)

    def _at(self, position: QPoint) -> LegendEntry | None:
        return next((entry for entry, place in self.places if place.contains(position)), None)

    def _more(self, count: int) -> str:
        return f"and {count:,} more"
