"""The colour bar of the plane: from one class to the other, with as much of their names as there is room for."""

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF

from nnlab.ui.views.parts.color_bar import SignedColorBar

# Pixels: the ramp with its edge, and between the ramp and a name.
_RAMP, _SPACE = 16, 10
_LEAST_ROOM = 74
_HALF_A_LINE = 8


class ClassBar(SignedColorBar):
    """Where there are two classes. Between others it is transparent and not hidden: a class that is drawn must not move the
    plane under the pen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.room = _LEAST_ROOM
        self.meaning = ""  # in full
        self.names: Sequence[str] = ()
        self.shows_scores = False
        # Half a line at both ends: the names stand beside them.
        self.layout.setContentsMargins(0, _HALF_A_LINE, 0, _HALF_A_LINE)
        self.set_bound(1.0)
        self.name_ends(())

    def number(self) -> None:
        """Its ends have names and no numbers."""

    def name_ends(self, names: Sequence[str], shows_scores: bool = False) -> None:
        """The two classes, or none; scores are no probabilities, the colours only say which is larger and how clearly."""
        self.names, self.shows_scores = names, shows_scores
        self.setOpacity(1.0 if names else 0.0)
        ends = "the softmax of the scores, from {} to {}" if shows_scores else "P({}) = 1 to P({}) = 1"
        self.meaning = f"colours {'by' if shows_scores else 'from'} {ends.format(*names)}" if names else ""

    def fit(self, free: float) -> None:
        """Take what the names need of so many pixels; longer ones end in dots."""
        axis = self.getAxis("right")
        metrics = QFontMetricsF(axis.style["tickFont"] or QFont())
        # With names that are letters it is as wide as without: the third class that somebody draws moves nothing.
        least = max(_LEAST_ROOM, math.ceil(metrics.horizontalAdvance("P(W) = 1")) + _RAMP + _SPACE)
        most = max(free, least) - _RAMP - _SPACE
        around = "" if self.shows_scores else "P() = 1"
        texts = [_end_text(name, metrics, most, around) for name in self.names]
        widest = max(map(metrics.horizontalAdvance, texts), default=0.0)
        self.room = max(least, math.ceil(widest) + _RAMP + _SPACE)
        self.setFixedWidth(self.room)
        axis.setWidth(self.room - _RAMP)
        middle = "equal" if self.shows_scores else "½"
        axis.setTicks([[(-1.0, texts[0]), (0.0, middle), (1.0, texts[1])]] if texts else [[]])


def _end_text(name: str, metrics: QFontMetricsF, most: float, around: str) -> str:
    """P(name) = 1, or the name alone, in so many pixels."""
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, most - metrics.horizontalAdvance(around))
    return around.replace("()", f"({shown})") if around else shown
