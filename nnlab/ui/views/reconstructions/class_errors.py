"""The mean squared error of every class as bars, drawn on a board."""

import numpy as np
from PySide6.QtCore import QRectF

from nnlab.ui.theme import Theme, class_color
from nnlab.ui.views.parts.board import Board

_LINE = 20
_NAME = 62
_NUMBER = 50


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
    wide = place.width() - _NAME - _NUMBER
    for line, label in enumerate(shown, 1):
        y = place.y() + line * _LINE
        board.text(shortened(names[label]), place.x(), y, theme.text)
        bar = QRectF(place.x() + _NAME, y + 3, wide * float(means[label]) / largest, 9)
        board.rectangle(bar, fill=class_color(int(label)).name())
        board.text(f"{means[label]:.4f}", place.right(), y, theme.muted, anchor=(1, 0))


def shortened(name: str, most: int = 8) -> str:
    """The beginning of a long name."""
    return name if len(name) <= most else name[: most - 1] + "…"
