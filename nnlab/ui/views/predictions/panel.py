"""What the model says of one example, class by class: a probability or a score, with a bar for each."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF

from nnlab.probes.predictions import Predictions
from nnlab.ui.theme import Theme
from nnlab.ui.views.parts.board import Board
from nnlab.words import figure

PANEL_WIDTH = 190
_HEAD, _LINE, _BAR = 54, 18, 6
_PICTURE, _LARGEST_PICTURE = 30, 96  # pixels
_LEAST_ROW, _MOST_ROW = _LINE + _BAR + 2, 38
_MOST_BARS = 10
LEAST_PANEL = _HEAD + 5 * _LEAST_ROW  # pixels of height


def figure_text(answer: Predictions, tile: int, label: int, places: int = 0) -> str:
    """A class's probability, or its score where the model gives no probabilities."""
    if answer.gives_scores:
        return figure(answer.scores[tile, label], 3, plus=True) if label < answer.scores.shape[1] else "?"
    shares = answer.probability[tile]
    return f"{shares[label]:.{places}%}" if label < len(shares) and np.isfinite(shares[label]) else "?"


def draw_panel(board: Board, theme: Theme, answer: Predictions, tile: int, name: Callable[[int], str]) -> None:
    """At the right of the board: in the order of the classes where all fit, else the most likely ones."""
    left, width, height = board.size[0] - PANEL_WIDTH + 12, PANEL_WIDTH - 24, board.size[1]
    board.text(f"{answer.part} example {answer.places[tile]:,}", left, 4, theme.text, bold=True)
    board.text(f"is {name(answer.labels[tile])}", left, 22, theme.muted)
    head = _HEAD
    if not answer.raw.shape[1]:
        # What the rows leave of the height.
        spare = height - _HEAD - min(answer.probability.shape[1], _MOST_BARS) * _LEAST_ROW
        side = min(max(_PICTURE + spare, _PICTURE), _LARGEST_PICTURE)
        head = round(_HEAD - _PICTURE + side)
        _draw_picture(board, answer.pictures[tile], left + width, head, side)
    labels, row_height = _rows(np.nan_to_num(answer.probability[tile]), height - head)
    for row, label in enumerate(labels):
        top = head + row * row_height
        is_true, is_said = label == answer.labels[tile], label == answer.predicted[tile]
        board.text(name(label) + ("  ✓ true" if is_true else ""), left, top, theme.text, bold=bool(is_said))
        board.text(figure_text(answer, tile, label, places=1), left + width, top, theme.muted, anchor=(1, 0))
        board.rectangle(QRectF(left, top + _LINE, width, _BAR), fill=theme.hover)
        start, end = _reach(answer, tile, label)
        board.rectangle(QRectF(left + width * start, top + _LINE, width * (end - start), _BAR), fill=theme.ink)
    if more := answer.probability.shape[1] - len(labels):
        board.text(f"{more:,} more", left, head + len(labels) * row_height, theme.muted)


def _draw_picture(board: Board, picture: np.ndarray, right: float, below: float, side: float) -> None:
    """The example itself, small: it may not be among the tiles."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    # Whole pixels of the screen for each of the picture's, where there are several.
    scale = float(np.floor(scale)) if scale >= 2 else scale
    place = QRectF(right - width * scale, below - 4 - height * scale, width * scale, height * scale)
    board.picture(np.broadcast_to(picture, (height, width, 3)), place)


def _rows(shares: np.ndarray, room: float) -> tuple[np.ndarray, float]:
    """Which classes there is room for, and how far apart they stand: closer rather than not all."""
    count = len(shares)
    if count <= _MOST_BARS and count * _LEAST_ROW <= room:
        return np.arange(count), min(_MOST_ROW, room / count)
    # The last line says how many there are besides.
    fitting = max(1, min(int((room - _LINE) // _LEAST_ROW), _MOST_BARS, count))
    return np.argsort(-shares, kind="stable")[:fitting], _LEAST_ROW


def _reach(answer: Predictions, tile: int, label: int) -> tuple[float, float]:
    """From where to where a bar reaches, as shares of its width: scores go from 0 in the middle to either side."""
    if not answer.gives_scores:
        return 0.0, float(np.nan_to_num(answer.probability[tile, label]))
    scores = np.nan_to_num(answer.scores[tile])
    end = 0.5 + 0.5 * float(scores[label] / max(np.abs(scores).max(), 1e-30))
    return min(0.5, end), max(0.5, end)
