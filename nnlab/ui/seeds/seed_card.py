"""The seed that is meant, in words, and what can be done with its run."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from nnlab.ui.seeds.tile import Tile
from nnlab.ui.widgets.elided import Elided

_NOTHING = "Click a seed to read about it; double-click opens its run in the window."


class SeedCard(QWidget):
    """One line, always there, so that nothing moves when another seed is meant."""

    open_wanted = Signal()
    lay_wanted = Signal(bool)  # over the curves, or not any more

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("The seed that is meant")
        self.said, self.lay, self.open = Elided(), QPushButton("Lay over Curves"), QPushButton("Open as a run")
        self.lay.setCheckable(True)
        self.lay.setToolTip("Tick its run, so that its curves lie beside the present ones")
        self.open.setToolTip("Open its run in the window, where it stood last (Enter, or a double-click)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.said, 1)
        for button in (self.lay, self.open):
            button.setAutoDefault(False)
            row.addWidget(button)
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
