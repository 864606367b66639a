"""The read-out that floats beside the mouse over the curves: a row for each run, a column for each of its lines."""

from dataclasses import replace
from itertools import groupby

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.curves.reading import Reading
from nnlab.ui.views.curves.run_pen import draw_sign
from nnlab.words import counted

# Pixels: around it, between columns, of the piece of line before a name, and to the line at which it points.
_MARGIN, _APART, _SIGN, _GAP = 8, 12, 16, 12


class FloatingReadout(QWidget):
    """Beside the mouse and never under it, within the curves, or where it is too high for them within the window."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Values at the mouse")
        self.reading: Reading | None = None
        self._emphasized: int | None = None
        self._theme = LIGHT
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Its ground and its words."""
        self._theme = theme
        self.update()

    def tell(self, reading: Reading | None, at: QPoint, emphasized: int | None = None) -> None:
        """Show this at a place of what it floats over, one run stronger than the others; None hides it."""
        window = self._over.window()
        self._emphasized = emphasized
        self.reading = None if reading is None else self._fitting(reading, window.height())
        self.setVisible(reading is not None)
        if self.reading is None:
            return
        self.setAccessibleDescription(self.reading.text)
        if self.parentWidget() is not window:
            # The curves can be taken out of the window and put back.
            self.setParent(window)
            self.show()
        self.setGeometry(self._place(at, window))
        self.raise_()
        self.update()

    def text(self) -> str:
        """All that it says; "" while it is hidden."""
        return "" if self.reading is None or self.isHidden() else self.reading.text

    @property
    def _row(self) -> int:
        return self.fontMetrics().height() + 1

    @property
    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setBold(True)
        return font

    def _fitting(self, reading: Reading, height: int) -> Reading:
        """As many runs as the window is high, of them the one that is meant, and how many more there are."""
        room = (height - 2 * _MARGIN) // self._row - 1 - self._heads(reading) - len(reading.notes)
        if len(reading.rows) <= room:
            return reading
        count = max(room - 1, 1)
        meant = [row for row in reading.rows[count:] if row.number is not None and row.number == self._emphasized]
        rows = (*reading.rows[: count - len(meant)], *meant)
        more = counted(len(reading.rows) - len(rows), "more run")
        return replace(reading, rows=rows, notes=(f"and {more}", *reading.notes))

    def _place(self, at: QPoint, window: QWidget) -> QRect:
        """At the right of the mouse where it has room there, else at the left, and within what it floats over."""
        own = QRect(self._over.mapTo(window, QPoint(0, 0)), self._over.size())
        mouse, size = self._over.mapTo(window, at), self.sizeHint()
        within = own if size.height() <= own.height() else QRect(QPoint(0, 0), window.size())
        x = mouse.x() + _GAP
        if x + size.width() > own.right():
            x = mouse.x() - _GAP - size.width()
        x = max(own.left(), min(x, own.right() - size.width()))
        y = max(within.top(), min(mouse.y() - size.height() // 2, min(own.bottom(), within.bottom()) - size.height()))
        return QRect(QPoint(x, y), size)

    def sizeHint(self) -> QSize:
        """As large as all that it says."""
        if self.reading is None:
            return QSize(0, 0)
        names, widths = self._widths(self.reading)
        lines = [self.reading.when, *self.reading.notes]
        words = max(QFontMetrics(self._bold).horizontalAdvance(line) for line in lines)
        table = names + sum(widths) + _APART * len(widths)
        count = len(lines) + self._heads(self.reading) + len(self.reading.rows)
        return QSize(max(words, table) + 2 * _MARGIN, count * self._row + 2 * _MARGIN)

    def _heads(self, reading: Reading) -> int:
        """In how many lines the columns' heads stand: the figures', where there are several, and the lines'."""
        return 0 if not reading.heads else 1 if reading.is_of_one else 2

    def _sign(self, reading: Reading) -> int:
        return 0 if reading.is_of_one else _SIGN

    def _widths(self, reading: Reading) -> tuple[int, list[int]]:
        """Of the names with their signs, and of each column, whose figure's title has room above its columns."""
        metrics = QFontMetrics(self._bold)
        names = self._sign(reading) + max((metrics.horizontalAdvance(row.name) for row in reading.rows), default=0)
        columns = [(line, *(row.cells[place] for row in reading.rows)) for place, (_, line) in enumerate(reading.heads)]
        widths = [max(map(metrics.horizontalAdvance, texts)) for texts in columns]
        for title, places in groupby(range(len(widths)), key=lambda place: reading.heads[place][0]):
            own = list(places)
            room = sum(widths[place] for place in own) + _APART * (len(own) - 1)
            widths[own[0]] += max(metrics.horizontalAdvance(title) - room, 0)
        return names, widths

    def paintEvent(self, event: QPaintEvent) -> None:
        """A surface with the words, the heads and the rows."""
        reading = self.reading
        if reading is None:
            return
        theme = self._theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QColor(theme.muted))
            painter.setBrush(QColor(theme.surface))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
            painter.setFont(self._bold)
            self._write(painter, _MARGIN, 0, reading.when, theme.text)
            painter.setFont(self.font())
            self._paint_heads(painter, reading)
            self._paint_rows(painter, reading)
            for number, note in enumerate(reading.notes):
                line = 1 + self._heads(reading) + len(reading.rows) + number
                self._write(painter, _MARGIN, line, note, theme.muted)

    def _paint_heads(self, painter: QPainter, reading: Reading) -> None:
        names, widths = self._widths(reading)
        x, before = _MARGIN + names, ""
        for (title, line), width in zip(reading.heads, widths, strict=True):
            x += _APART
            if title != before:
                self._write(painter, x, 1, title, self._theme.text)
            self._write(painter, x, self._heads(reading), line, self._theme.muted, width)
            x, before = x + width, title

    def _paint_rows(self, painter: QPainter, reading: Reading) -> None:
        names, widths = self._widths(reading)
        for number, row in enumerate(reading.rows):
            line = 1 + self._heads(reading) + number
            painter.setFont(self._bold if row.number is not None and row.number == self._emphasized else self.font())
            if not reading.is_of_one:
                middle = _MARGIN + line * self._row + self._row // 2
                draw_sign(painter, row.color or QColor(self._theme.accent), row.round, _MARGIN, middle, _SIGN - 5)
            self._write(painter, _MARGIN + self._sign(reading), line, row.name, self._theme.text)
            x = _MARGIN + names
            for cell, width in zip(row.cells, widths, strict=True):
                self._write(painter, x + _APART, line, cell, self._theme.text, width)
                x += _APART + width
        painter.setFont(self.font())

    def _write(self, painter: QPainter, x: int, line: int, text: str, color: str, width: int = 0) -> None:
        """In a line of it, at the right of a width where there is one."""
        painter.setPen(QColor(color))
        side = Qt.AlignmentFlag.AlignRight if width else Qt.AlignmentFlag.AlignLeft
        room = QRect(x, _MARGIN + line * self._row, width or self.width() - x, self._row)
        painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, text)
