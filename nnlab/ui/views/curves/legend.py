"""The line above the curves: what each of them is, in its colour."""

import re

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent

from nnlab.ui.theme import CLASS_COLORS, LIGHT, Theme
from nnlab.ui.widgets.elided import Elided

LEGEND = "— training   ┄ validation   ★ best"
STAR_COLOR = CLASS_COLORS[0]
# Of the last run.
LAST = "―"
# Of other runs alone: each has a colour of its own.
STYLES = f"{LAST} training   ┄ validation"
_SIGNS = f"—┄★{LAST}"


class Legend(Elided):
    """One line of text in which each curve's sign has the curve's colour."""

    def __init__(self) -> None:
        super().__init__("muted")
        self.apply_theme(LIGHT)

    def apply_theme(self, theme: Theme) -> None:
        """The colours in which the curves are drawn."""
        self.colors = {
            "—": QColor(theme.accent),
            "┄": QColor(theme.text),
            "★": QColor(STAR_COLOR),
            LAST: QColor(theme.muted),
        }
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Sign by sign and word by word."""
        shown, rectangle = self.shown, self.contentsRect()
        with QPainter(self) as painter:
            for part in re.finditer(f"[{_SIGNS}]|[^{_SIGNS}]+", shown):
                before = self.fontMetrics().horizontalAdvance(shown[: part.start()])
                painter.setPen(self.colors.get(part[0], self.palette().color(self.foregroundRole())))
                painter.drawText(rectangle.translated(QPoint(before, 0)), Qt.AlignmentFlag.AlignVCenter, part[0])
