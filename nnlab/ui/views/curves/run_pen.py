"""The pens of other runs: of more runs than there are colours the second round is drawn in dashes."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

# By the round: lengths of strokes and gaps, in widths of the pen; none is a line without gaps.
_TRAINING = ((), (10.0, 3.0, 2.0, 3.0))
_VALIDATION = ((4.0, 3.0), (1.0, 3.0))
ROUNDS = len(_TRAINING)


def run_pen(color: QColor, round_: int, width: int = 1, is_validation: bool = False) -> QPen:
    """For the lines of a run. A third run of the same colour looks as the first does."""
    pattern = (_VALIDATION if is_validation else _TRAINING)[round_ % ROUNDS]
    pen: QPen = pg.mkPen(color, width=width)
    if pattern:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern(list(pattern))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def draw_sign(painter: QPainter, color: QColor, round_: int, x: float, middle: float, width: float) -> None:
    """A piece of its line, as it stands before its name: in dashes as long as two of them, however short it is."""
    if not round_ % ROUNDS:
        painter.fillRect(round(x), round(middle) - 1, round(width), 2, color)
        return
    pen = QPen(color, 2)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([width * 0.3, width * 0.1, width * 0.1, width * 0.1])
    painter.setPen(pen)
    painter.drawLine(QPointF(x, middle), QPointF(x + width, middle))
