"""The mean squared error of every class as bars, drawn on a board."""

import numpy as np
from PySide6.QtCore import QRectF

from nnlab.ui.theme import Theme, class_color
from nnlab.ui.views.parts.board import Board
from nnlab.words import loss_text

_LINE = 20
_LEAST_NAME, _GAP = 20, 8
_NUMBER = 58
_MOST_LETTERS = 12


def class_means(labels: np.ndarray, errors: np.ndarray, classes: int) -> np.ndarray:
    """The mean of the finite errors of each class (classes,); NaN where there are none."""
    known = np.isfinite(errors)
    counts = np.bincount(labels[known], minlength=classes)
    sums = np.bincount(labels[known], weights=errors[known], minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)[:classes]


def draw_class_errors(
    board: Board, place: QRectF, theme: Theme, labels: np.ndarray, errors: np.ndarray, names: tuple[str, ...]
) -> None:
    """A bar for each class in order; of more than there is room for, those with the largest errors."""
    if not names:
        return
    means = class_means(labels, errors, len(names))
    known = np.flatnonzero(np.isfinite(means))
    room = max(int((place.height() - _LINE) // _LINE), 1)
    shown = np.sort(known[np.argsort(-means[known], kind="stable")][:room])
    title = "mean squared error" if len(shown) == len(known) else f"squared error, worst {len(shown)}"
    board.text(title, place.x(), place.y(), theme.text, bold=True)
    largest = max(float(means[shown].max(initial=0.0)), 1e-30)
    # Names as wide as they are, and bars with what is left.
    written = [shortened(names[label], _MOST_LETTERS) for label in shown]
    name = max([_LEAST_NAME, *map(board.width_of, written)]) + _GAP
    wide = max(place.width() - name - _NUMBER, 0.0)
    for line, (label, text) in enumerate(zip(shown, written, strict=True), 1):
        y = place.y() + line * _LINE
        board.text(text, place.x(), y, theme.text)
        bar = QRectF(place.x() + name, y + 3, wide * float(means[label]) / largest, 9)
        board.rectangle(bar, fill=class_color(int(label)).name())
        board.text(loss_text(means[label]), place.right(), y, theme.muted, anchor=(1, 0))


def shortened(name: str, most: int) -> str:
    """The beginning of a long name."""
    return name if len(name) <= most else name[: most - 1] + "…"
