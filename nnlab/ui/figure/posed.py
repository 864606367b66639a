"""A view brought to a figure's size and colours for as long as it is painted, and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any, Protocol

import pyqtgraph as pg
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QScrollArea, QWidget

from nnlab.ui.theme import Theme
from nnlab.ui.widgets.settling import settle


class Poses(Protocol):
    """A view: its canvas, and its colours."""

    canvas: pg.GraphicsLayoutWidget
    theme: Theme

    def apply_theme(self, theme: Theme) -> None: ...  # noqa: D102
    def setUpdatesEnabled(self, on: bool) -> None: ...  # noqa: D102


@contextmanager
def posed(view: Poses, size: QSize, theme: Theme) -> Iterator[None]:
    """Laid out as in a window of another size; one that it cannot be read in is made larger, with the same proportions.

    Nobody sees it: no event loop runs meanwhile, and what is painted next is as it was.
    """
    canvas, own = view.canvas, view.theme
    before, least, ranges = canvas.geometry(), canvas.minimumSize(), _ranges(canvas)
    place = _place_of(canvas)
    view.setUpdatesEnabled(False)
    try:
        if place is not None:
            # It would give its widget its own size again.
            place.setWidgetResizable(False)
        if size != canvas.size():
            canvas.setMinimumSize(1, 1)
            canvas.resize(_readable(size, least))
        if theme is not own:
            view.apply_theme(theme)
        settle(canvas)
        yield
    finally:
        canvas.setMinimumSize(least)
        if place is not None:
            place.setWidgetResizable(True)
        canvas.setGeometry(before)
        if theme is not own:
            view.apply_theme(own)
        settle(canvas)
        for box, state in ranges:
            box.setState(state)
        view.setUpdatesEnabled(True)


def _readable(size: QSize, least: QSize) -> QSize:
    factor = max(1.0, least.width() / size.width(), least.height() / size.height())
    return QSize(ceil(size.width() * factor), ceil(size.height() * factor))


def _place_of(canvas: QWidget) -> QScrollArea | None:
    """What scrolls the canvas, where something does."""
    holder = canvas.parentWidget()
    around = holder.parentWidget() if holder is not None else None
    return around if isinstance(around, QScrollArea) and around.widget() is canvas else None


def _ranges(canvas: pg.GraphicsLayoutWidget) -> list[tuple[pg.ViewBox, Any]]:
    """What part of the plane each plot shows, which another shape of it changes."""
    return [(item, item.getState(copy=True)) for item in canvas.scene().items() if isinstance(item, pg.ViewBox)]
