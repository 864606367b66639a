"""The classes of a drawing as bars: how probable the model holds each."""

import numpy as np
from PySide6.QtCore import QRectF

from nnlab.probes.drawing import DrawingAnswer
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.board import Board
from nnlab.words import percent

# More bars than this, or bars less high, cannot be read; then the most probable are shown, in order.
MOST_BARS = 12
_LEAST_HEIGHT = 15
_HEAD = 22
_NAME_WIDTH = 96
_SHORT_NAME_WIDTH = 24
_NUMBER_WIDTH = 62
_MOST_HEIGHT = 36


def shown_classes(probability: np.ndarray, most: int = MOST_BARS) -> list[int]:
    """All classes in their order, or the most probable of many."""
    if len(probability) <= most:
        return list(range(len(probability)))
    return [int(label) for label in np.argsort(-probability, kind="stable")[:most]]


def draw_bars(board: Board, answer: DrawingAnswer, place: QRectF, theme: Theme) -> None:
    """One bar for each class, from 0 to 1, the most probable one stands out."""
    room = max(1, min(int((place.height() - _HEAD) / _LEAST_HEIGHT), MOST_BARS))
    classes, best = shown_classes(answer.probability, room), int(np.argmax(answer.probability))
    many = len(classes) < len(answer.probability)
    head = "softmax of the scores" if answer.are_scores else "probability"
    count = f", {len(classes)} highest of {len(answer.probability):,}" if many else ""
    board.text(f"{head}{count}", place.x(), place.y(), theme.muted)
    names = [answer.class_names[label] for label in classes]
    name_width = _SHORT_NAME_WIDTH if max(map(len, names)) <= 2 else min(_NAME_WIDTH, place.width() / 3)
    left = place.x() + name_width
    length = max(place.width() - name_width - _NUMBER_WIDTH, 8.0)
    each = min((place.height() - _HEAD) / len(classes), _MOST_HEIGHT)
    for row, label in enumerate(classes):
        share = float(answer.probability[label])
        middle = place.y() + _HEAD + (row + 0.5) * each
        bar = QRectF(left, middle - 0.32 * each, length, 0.64 * each)
        is_best = label == best
        color = theme.text if is_best else theme.muted
        board.rectangle(bar, fill=theme.hover)
        board.rectangle(
            QRectF(bar.x(), bar.y(), length * share, bar.height()), fill=theme.ink if is_best else theme.faint_ink
        )
        board.text(names[row], left - 8, middle, color, is_best, (1, 0.5))
        board.text(percent(share), left + length + 8, middle, color, is_best, (0, 0.5))
