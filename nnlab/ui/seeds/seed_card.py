"""The seed that is meant, in words, and what can be done with its run."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from nnlab.ui.seeds.tile import Tile
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.flow import FlowRow

_NOTHING = "Click a seed to read about it; double-click opens its run in the window."


class SeedCard(QWidget):
    """Always there, so that nothing moves when another seed is meant."""

    open_wanted = Signal()
    lay_wanted = Signal(bool)  # over the curves, or not any more
    band_wanted = Signal(bool)  # of all seeds in Curves, or not any more

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The seed that is meant")
        self.said, self.lay, self.open = label(""), QPushButton("Lay over Curves"), QPushButton("Open as a run")
        self.lay.setCheckable(True)
        self.lay.setToolTip("Tick its run, so that its curves lie beside the present ones")
        self.open.setToolTip("Open its run in the window, where it stood last (Enter, or a double-click)")
        self.said.setWordWrap(True)
        row = FlowRow()
        self.band = QCheckBox("Mean and spread in Curves")
        self.band.setChecked(True)
        self.band.setToolTip("Under the present run, as long as that is of the same experiment: mean, deviation and range")
        self.band.toggled.connect(self.band_wanted)
        row.addWidget(self.band)
        for button in (self.lay, self.open):
            button.setAutoDefault(False)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.said)
        column.addLayout(row)
        self.lay.toggled.connect(self.lay_wanted)
        self.open.clicked.connect(self.open_wanted)
        self.show_tile(None, False)

    def show_tile(self, tile: Tile | None, is_ticked: bool) -> None:
        """This one, or none."""
        self.said.setText(tile.words if tile is not None else _NOTHING)
        has_run = tile is not None and tile.run is not None
        with QSignalBlocker(self.lay):
            self.lay.setChecked(is_ticked)
        for button in (self.lay, self.open):
            button.setEnabled(has_run)
