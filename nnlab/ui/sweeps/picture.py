"""What all pictures of a sweep's trials have in common: a canvas, what hovering and clicking mean, how they are saved."""

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnlab.models.arrays import Array
from nnlab.ui.setup.form import Choice
from nnlab.ui.sweeps.column import Column
from nnlab.ui.sweeps.results import Results
from nnlab.ui.theme import LIGHT, Theme
from nnlab.ui.views.view import KINDS, Table
from nnlab.ui.widgets.canvas import Canvas
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import FlowRow
from nnlab.ui.widgets.keyboard_pointer import NO_SPOTS, Click, KeyboardPointer, Spots
from nnlab.ui.widgets.keyboard_pointer import Array as Places

# So many pixels from the mouse a trial is meant.
NEAR = 10.0
# Of a trial's own mark, and half of the rectangle around it that keys go by.
POINT, HALF = 9, 7.0


class TrialPicture(QWidget):
    """`hovered` tells which trial the mouse means, by its place in the results; `opened` which one was clicked."""

    title: ClassVar[str] = ""
    kinds: ClassVar[tuple[str, ...]] = KINDS
    hovered = Signal(object)  # int, or None
    opened = Signal(int)

    def __init__(self, empty_text: str) -> None:
        super().__init__()
        self.theme = LIGHT
        self.results: Results | None = None
        self.marked: int | None = None
        self.setAccessibleName(self.title)
        self.canvas: pg.GraphicsLayoutWidget = Canvas()
        self.canvas.setAccessibleName(f"{self.title} picture")
        self.canvas.ci.setContentsMargins(4, 4, 4, 4)
        self.canvas.setMinimumSize(240, 140)
        self.controls = FlowRow()
        self.empty = label(empty_text, "muted")
        self.empty.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addLayout(self.controls)
        column.addWidget(self.empty)
        column.addWidget(self.canvas, 1)
        self.canvas.scene().sigMouseMoved.connect(self._hover)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.pointer = KeyboardPointer(self.canvas, self._spots)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return self.results is None or not len(self.results.trials)

    def show_results(self, results: Results | None) -> None:
        """Other trials, or more of them."""
        self.results = results
        self.empty.setVisible(self.is_empty)
        self.canvas.setVisible(not self.is_empty)
        if not self.is_empty:
            self.draw()
            self.show_mark()

    def mark(self, place: int | None) -> None:
        """Make one trial stand out."""
        if place != self.marked:
            self.marked = place
            if not self.is_empty:
                self.show_mark()

    def apply_theme(self, theme: Theme) -> None:
        """Recolour everything."""
        self.theme = theme
        self.canvas.setBackground(theme.surface)
        self.recolor()
        if not self.is_empty:
            self.draw()
            self.show_mark()

    def draw(self) -> None:
        """Put the results into the plots."""
        raise NotImplementedError

    def show_mark(self) -> None:
        """Draw what is marked."""
        raise NotImplementedError

    def recolor(self) -> None:
        """Axes and texts."""

    def trial_at(self, position: QPointF) -> int | None:
        """The trial that is meant at a point of the scene."""
        raise NotImplementedError

    def places(self) -> Places:
        """Where trials can be clicked: rectangles (n, 4) in the scene, NaN for those that are not drawn."""
        raise NotImplementedError

    def csv_columns(self) -> Table:
        """One row for each trial."""
        assert self.results is not None
        return trial_columns(self.results)

    def words_of(self, place: int) -> str:
        """A trial in a line, for whoever hears it."""
        results = self.results
        assert results is not None
        trial, objective = results.trials[place], results.objective
        came = f"{objective.title} {objective.text(objective.values[place])}" if trial.objective is not None else trial.state
        return f"trial {trial.number}: {trial.words}; {came}"

    def _spots(self) -> Spots:
        if self.is_empty:
            return NO_SPOTS
        places = self.places()
        known = np.flatnonzero(np.isfinite(places).all(axis=1))
        return Spots(places[known], lambda spot: self.words_of(int(known[spot])))

    def _hover(self, position: QPointF) -> None:
        if not self.is_empty:
            self.hovered.emit(self.trial_at(position))

    def _click(self, event: Click) -> None:
        place = self.trial_at(event.scenePos()) if not self.is_empty else None
        if place is not None:
            self.opened.emit(place)


class ColumnChoice(Choice):
    """Which column lies on an axis; what was chosen stays as long as there is such a one."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumWidth(150)
        self._wanted: str | None = None
        self.activated.connect(self._choose)

    def offer(self, columns: tuple[Column, ...], first: str) -> None:
        """These; at first, or where what was chosen is gone, the one of this name."""
        names = [column.name for column in columns]
        wanted = self._wanted if self._wanted in names else first
        with QSignalBlocker(self):
            if [self.itemData(place) for place in range(self.count())] != names:
                self.clear()
                for column in columns:
                    self.addItem(column.title, column.name)
            self.setCurrentIndex(names.index(wanted) if wanted in names else 0)

    @property
    def name(self) -> str:
        """Of the column that is chosen."""
        return str(self.currentData() or "")

    def choose(self, name: str) -> None:
        """As a person does it."""
        self.setCurrentIndex(self.findData(name))
        self._choose()

    def _choose(self) -> None:
        self._wanted = self.name
        self.chosen.emit()


def around(points: Array) -> Places:
    """Rectangles (n, 4) around points (n, 2) of the scene."""
    return np.column_stack([points - HALF, np.full((len(points), 2), 2 * HALF)])


def nearest_point(points: Array, position: QPointF) -> int | None:
    """Of points (n, 2) in the scene the one that is meant."""
    if not len(points):
        return None
    away = np.nan_to_num(np.hypot(points[:, 0] - position.x(), points[:, 1] - position.y()), nan=np.inf)
    place = int(away.argmin())
    return place if away[place] <= NEAR else None


def trial_columns(results: Results) -> Table:
    """Of every trial its number, its state, what it chose, what came of it, and the reason where nothing did."""
    table: Table = {
        "trial": [trial.number for trial in results.trials],
        "state": [trial.state for trial in results.trials],
    }
    for column in results.columns:
        table[column.name] = [_cell(column, value) for value in column.values.tolist()]
    return table | {"reason": [trial.reason for trial in results.trials]}


def _cell(column: Column, value: float) -> object:
    if not np.isfinite(value):
        return ""
    return column.levels[round(value)] if column.levels else int(value) if column.is_whole else value
