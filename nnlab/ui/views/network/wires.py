"""How branches come together: lines from the end of each, and around them, to the column in which they are joined.

Those that are added lead to one cross, those that are laid side by side each to its own part of the column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPainterPathStroker, QPen

from nnlab.probes.columns import Column
from nnlab.probes.lanes import Lane, ways_at
from nnlab.ui.theme import Theme
from nnlab.ui.views.network.lanes import Band, bands_of
from nnlab.ui.views.network.layout import BOTTOM, JOINT, SCALE, Frame

_RADIUS = 7.0
_BRACKET = 6.0
_CORNER = 9.0
_AROUND = "as it is"


@dataclass(frozen=True)
class Joint:
    """Before one column: the lines, the words on those that lead around, and where the cross of a sum lies."""

    lines: QPainterPath
    words: tuple[QRectF, ...]
    cross: QPointF | None
    ink: QPainterPath  # around the lines: what lies on it would be crossed


def joints_of(columns: Sequence[Column], frames: Sequence[Frame], height: float) -> tuple[Joint, ...]:
    """Those of all columns in which branches are joined."""
    bands = bands_of(columns, height - BOTTOM + SCALE)
    return tuple(_joint(columns, frames, place, bands) for place, column in enumerate(columns) if column.joins is not None)


def _joint(columns: Sequence[Column], frames: Sequence[Frame], place: int, bands: Mapping[Lane, Band]) -> Joint:
    joins, frame = columns[place].joins, frames[place]
    assert joins is not None
    lines, words, first = QPainterPath(), [], 0
    cross = QPointF(frame.x - JOINT / 2, frame.rect.center().y()) if joins.adds else None
    end = cross or QPointF()
    for number, (source, lane) in enumerate(ways_at(columns, place)):
        before, is_around = frames[source], all(column.lanes != lane for column in columns)
        y = bands[lane].middle if is_around else before.rect.center().y()
        if cross is None:
            units = columns[place].shares[number]
            end = _bracket(lines, frame, first, first + units - 1)
            first += units
        left, right = _add_way(lines, before, frame, end, y)
        if is_around:
            words.append(QRectF(left, y - 8, right - left, 16))
    if cross is not None:
        lines.moveTo(cross)
        lines.lineTo(QPointF(frame.x, cross.y()))
    stroker = QPainterPathStroker()
    stroker.setWidth(4)
    return Joint(lines, tuple(words), cross, stroker.createStroke(lines))


def _bracket(lines: QPainterPath, frame: Frame, first: int, last: int) -> QPointF:
    """Around the units of one branch, of which not all may be shown; where its line ends."""
    most, x = frame.count - 1, frame.x - _BRACKET
    top, bottom = frame.unit_rect(min(first, most)).top(), frame.unit_rect(min(last, most)).bottom()
    lines.moveTo(QPointF(x + 3, top + 1))
    for corner in (QPointF(x, top + 1), QPointF(x, bottom - 1), QPointF(x + 3, bottom - 1)):
        lines.lineTo(corner)
    return QPointF(x, (top + bottom) / 2)


def _add_way(lines: QPainterPath, before: Frame, frame: Frame, end: QPointF, y: float) -> tuple[float, float]:
    """A line that leaves a column, runs at this height, and comes to its end before another column.

    It goes up and down where the captions of neighbours meet. From where to where it runs level.
    """
    rect = before.rect
    # From where the column is nearest: a way above it does not cross what leads out of its middle.
    edge = min(rect.height() / 2, 6.0)
    start = QPointF(rect.right(), min(max(y, rect.top() + edge), rect.bottom() - edge))
    left, right = before.room[1], frame.room[0]
    turns = [QPointF(left, start.y()), QPointF(left, y), QPointF(max(left, right), y), QPointF(max(left, right), end.y())]
    _add_rounded(lines, [start, *turns, end])
    return left, right


def _add_rounded(lines: QPainterPath, points: Sequence[QPointF]) -> None:
    """Through these points, with round corners; where two lie in one place there is none."""
    kept = [point for point, after in pairwise(points) if (after - point).manhattanLength() > 0.5]
    kept.append(points[-1])
    lines.moveTo(kept[0])
    for before, corner, after in zip(kept, kept[1:], kept[2:], strict=False):
        ahead, back = after - corner, before - corner
        reach = min(_CORNER, ahead.manhattanLength() / 2, back.manhattanLength() / 2)
        lines.lineTo(corner + back * (reach / back.manhattanLength()))
        lines.quadTo(corner, corner + ahead * (reach / ahead.manhattanLength()))
    lines.lineTo(kept[-1])


def paint_joint(painter: QPainter, joint: Joint, theme: Theme, metrics: QFontMetricsF) -> None:
    """The lines in a quiet colour, the words where they have room."""
    color, ground = QColor(theme.muted), QColor(theme.surface)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1.5))
    painter.drawPath(joint.lines)
    if joint.cross is not None:
        painter.setBrush(ground)
        painter.drawEllipse(joint.cross, _RADIUS, _RADIUS)
        for across, down in ((0.55 * _RADIUS, 0.0), (0.0, 0.55 * _RADIUS)):
            arm = QPointF(across, down)
            painter.drawLine(joint.cross - arm, joint.cross + arm)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    wide = metrics.horizontalAdvance(_AROUND)
    for room in joint.words:
        if wide + 12 <= room.width():
            place = QRectF(room.center().x() - wide / 2 - 4, room.y(), wide + 8, room.height())
            painter.fillRect(place, ground)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _AROUND)
