"""Examples of a table as tiles: a line for each column, and in it a bar from the column's lowest to its highest number."""

from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from nnlab.datasets.names import Names
from nnlab.datasets.words import as_in_data
from nnlab.probes.predictions import Predictions
from nnlab.ui.theme import Theme, rgb
from nnlab.words import figure

# Wider examples are shown as rectangles of grey: so many lines could not be numbers_text apart.
_MOST_COLUMNS = 24
# So few can be written out.
_MOST_WRITTEN = 5
_WRITTEN_WIDTH, _DRAWN_WIDTH, _DRAWN_HEIGHT = 140, 92, 72
_TOLD = 40


class RowTiles:
    """How the examples of a table with so many columns are drawn; lines are as high as those of the font."""

    def __init__(self, columns: int, metrics: QFontMetrics) -> None:
        self.is_written = columns <= _MOST_WRITTEN
        self._metrics = metrics
        self._line = metrics.lineSpacing() if self.is_written else max(3, _DRAWN_HEIGHT // columns)
        self.shape = (self._line * columns, _WRITTEN_WIDTH if self.is_written else _DRAWN_WIDTH)

    @staticmethod
    def suit(answer: Predictions) -> bool:
        """Whether the examples are rows of few numbers."""
        columns: int = answer.raw.shape[1]
        return 0 < columns <= _MOST_COLUMNS

    def pictures(self, answer: Predictions, theme: Theme) -> np.ndarray:
        """The bars (n, height, width, 3)."""
        low, high = answer.extremes
        share = np.nan_to_num((answer.raw - low) / np.where(high > low, high - low, 1)).clip(0, 1)
        height, width = self.shape
        reaches = np.round(share * width).repeat(self._line, axis=1)[:, :, None] > np.arange(width)
        # What is written must stand out from the bar below it.
        bar, track, ground = (rgb(color).astype(np.uint8) for color in (self._bar(theme), theme.hover, theme.surface))
        pixels = np.where(reaches[..., None], bar, track)
        pixels[:, np.arange(height) % self._line == self._line - 1] = ground
        return pixels.astype(np.uint8)

    def texts(self, names: Names, row: np.ndarray) -> tuple[str, str]:
        """What is written on a tile: names at the left, numbers at the right, a line for each; nothing on narrow lines."""
        if not self.is_written:
            return "", ""
        values = [figure(value) for value in row]
        room = self.shape[1] - 14 - max(map(self._metrics.horizontalAdvance, values))
        called = [names.name(index) for index in range(len(row))]
        cut = [self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, room) for name in called]
        return "\n".join(cut), "\n".join(values)

    def value_width(self, values: str) -> int:
        """How wide the numbers of a tile are."""
        return max(map(self._metrics.horizontalAdvance, values.split("\n")))

    def _bar(self, theme: Theme) -> str:
        return theme.faint_ink if self.is_written else theme.ink


def numbers_text(names: Names, row: np.ndarray) -> str:
    """All numbers of an example with their names, as a tooltip."""
    lines = [
        f"<tr><td>{escape(names.name(place))}&nbsp;&nbsp;</td><td align=right>{as_in_data(value)}</td></tr>"
        for place, value in enumerate(row[:_TOLD])
    ]
    more = f"<tr><td>{len(row) - _TOLD:,} more</td></tr>" if len(row) > _TOLD else ""
    return f"<table>{''.join(lines)}{more}</table>"
