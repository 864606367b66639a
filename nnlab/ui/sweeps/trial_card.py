"""The trial that is meant, in words and with its curve."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from nnlab.models.arrays import Array
from nnlab.ui.sweeps.results import Results
from nnlab.ui.sweeps.small_curve import SmallCurve
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label, set_role
from nnlab.ui.widgets.elided import Elided

_NOTHING = "Hover a trial to see what it chose and how it learned; click it to open its run."
_HEIGHT = 92


class TrialCard(QFrame):
    """As high as it ever is, so that nothing moves when another trial is meant."""

    open_wanted = Signal(int)  # the place of the trial

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName("The trial that is meant")
        self.setFixedHeight(_HEIGHT)
        self.place: int | None = None
        self.run: int | None = None  # of the trial, in the store
        self.title, self.chosen, self.came = label(_NOTHING, "muted"), Elided(), Elided("muted")
        self.curve, self.open = SmallCurve(), QPushButton("Open as a run")
        self.open.setAutoDefault(False)
        self.open.clicked.connect(self._open)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(self.chosen)
        words.addWidget(self.came)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.curve)
        row.addWidget(self.open)
        self._clear()

    def show_trial(self, results: Results | None, place: int | None) -> None:
        """This one, or none."""
        if results is None or place is None or place >= len(results.trials):
            self._clear()
            return
        trial = results.trials[place]
        if trial.run != self.run:
            self.curve.show_losses(self.curve.losses[:0])
        self.place, self.run = place, trial.run
        objective = results.objective
        value = float(objective.values[place])
        told = f"{objective.title} {objective.text(value)}" if math.isfinite(value) else trial.state
        self.title.setText(f"Trial {trial.number:,}: {told}" + (" · the best" if place == results.best else ""))
        set_role(self.title, "title")
        parts = [f"{column.title} {column.text(float(column.values[place]))}" for column in results.settings]
        self.chosen.setText(" · ".join(parts))
        figures = [
            f"{column.title} {column.text(float(column.values[place]))}"
            for column in results.figures[1:]
            if math.isfinite(column.values[place])
        ]
        self.came.setText(trial.reason or " · ".join(figures))
        set_role(self.came, "error" if trial.reason else "muted")
        self.open.setVisible(True)
        self.open.setEnabled(trial.run is not None)
        self.curve.setVisible(trial.run is not None)

    def show_curve(self, run: int, losses: Array) -> None:
        """Of the run that is meant."""
        if run == self.run:
            self.curve.show_losses(losses)

    def apply_theme(self, theme: Theme) -> None:
        """To the curve."""
        self.curve.apply_theme(theme)

    def _clear(self) -> None:
        self.place = self.run = None
        self.title.setText(_NOTHING)
        set_role(self.title, "muted")
        for text in (self.chosen, self.came):
            text.clear()
        self.curve.hide()
        self.open.hide()

    def _open(self) -> None:
        if self.place is not None:
            self.open_wanted.emit(self.place)
