"""The lines of other runs on one panel: drawn once, and then only copied, until something about them changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPainter, QPainterPath
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from nnlab.models.arrays import Array
from nnlab.ui.theme import LIGHT, Theme, rgb
from nnlab.ui.views.curves.lines import Lines
from nnlab.ui.views.curves.painted_once import PaintedOnce
from nnlab.ui.views.curves.run_pen import run_pen
from nnlab.ui.views.curves.smoothing import envelope, pieces

# Of a colour that is dimmed, so much is left; the rest is what it lies on.
_DIMMED = 0.55


@dataclass(frozen=True, eq=False)
class OverlaidLine:
    """The lines of one run on a panel, in its colour, and in dashes where it is of the second round of colours."""

    number: int
    color: QColor
    lines: Lines
    round: int = 0


class OverlaidLines(PaintedOnce):
    """One item for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(-10)
        self.shown: tuple[OverlaidLine, ...] = ()
        self.emphasized: int | None = None
        self._paths: list[tuple[OverlaidLine, QPainterPath, QPainterPath]] = []
        self._theme = LIGHT
        self._is_dimmed = False

    def show_lines(self, shown: Sequence[OverlaidLine], is_log: bool, floor: float) -> None:
        """These, and no others, on an axis of this kind."""
        self.shown = tuple(shown)
        self._paths = []
        for line in shown:
            mean = pieces(*line.lines.settled_means)
            validation = envelope(line.lines.ends, line.lines.validation)
            solid, dashed = (_path(x, np.maximum(y, floor), is_log) for x, y in (mean, validation))
            self._paths.append((line, solid, dashed))
        self.update()

    def set_look(self, theme: Theme, is_dimmed: bool) -> None:
        """Dimmed they are while another run is drawn over them."""
        if (theme, is_dimmed) != (self._theme, self._is_dimmed):
            self._theme, self._is_dimmed = theme, is_dimmed
            self.update()

    def emphasize(self, number: int | None) -> None:
        """Draw this run stronger than the others, or none."""
        if number != self.emphasized:
            self.emphasized = number
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """The mean solid, validation dashed; what is emphasized last."""
        for line, mean, validation in sorted(self._paths, key=lambda path: path[0].number == self.emphasized):
            is_strong = line.number == self.emphasized
            shown = line.color if is_strong or not self._is_dimmed else _mixed(line.color, self._theme.surface)
            for is_validation, path in enumerate((mean, validation)):
                painter.setPen(run_pen(shown, line.round, 2 if is_strong else 1, bool(is_validation)))
                painter.drawPath(path)


def _path(x: Array, y: Array, is_log: bool) -> QPainterPath:
    heights = np.log10(y) if is_log else y
    path: QPainterPath = pg.arrayToQPath(np.ascontiguousarray(x), np.ascontiguousarray(heights), connect="finite")
    return path


def _mixed(color: QColor, ground: str) -> QColor:
    """Opaque: where a transparent line crosses itself it is as dark as any."""
    red, green, blue = _DIMMED * rgb(color.name()) + (1 - _DIMMED) * rgb(ground)
    return QColor(round(red), round(green), round(blue))
