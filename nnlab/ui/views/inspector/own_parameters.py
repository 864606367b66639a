"""What a unit learns besides its weights: a button for each number, with its value, that selects it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from nnlab.models.layers.sequence import readable_name
from nnlab.probes.parameter import OwnParameter
from nnlab.words import signed

_PER_ROW = 2


class OwnParameters(QWidget):
    """Bias +0.0123, Scale +1.0000: as many as the unit has."""

    chosen = Signal(str, object)  # tensor, position

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[QPushButton] = []
        self._shown: tuple[OwnParameter, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)

    def show_parameters(self, parameters: tuple[OwnParameter, ...]) -> None:
        """Those of another unit, or their numbers of now."""
        self._shown = parameters
        while len(self.buttons) < len(parameters):
            self._add(len(self.buttons))
        self.setVisible(bool(parameters))
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(parameters))
            if index < len(parameters):
                own = parameters[index]
                button.setText(f"{own.word.capitalize()} {signed(own.value)}")
                button.setToolTip(f"Look at the {own.word} of {readable_name(own.layer)}, and change it")

    def _add(self, index: int) -> None:
        made = QPushButton()
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self.chosen.emit(self._shown[index].tensor, self._shown[index].position))
        self._grid.addWidget(made, index // _PER_ROW, index % _PER_ROW)
        self.buttons.append(made)
