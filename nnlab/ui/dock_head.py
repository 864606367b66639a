"""The line above a dock: its name, what can be made of what it shows, and how it is taken out and put away."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QToolButton, QWidget

from nnlab.ui.icons import icon
from nnlab.ui.theme import Theme
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.export_button import ExportButton


class DockHead(QWidget):
    """Where nothing is pressed Qt takes the mouse: the dock is dragged by it, and a double-click takes it out."""

    def __init__(self, dock: QDockWidget, words: str) -> None:
        super().__init__()
        self.setObjectName("ground")
        self._dock = dock
        self.export = ExportButton()
        self.export.hide()
        self.out, self.away = self._button(f"Take {words} out of the window, or back"), self._button(f"Put {words} away")
        self.out.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self.away.clicked.connect(dock.close)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 6, 0)
        row.setSpacing(0)
        row.addWidget(label(words, "muted"), 1)
        for button in (self.export, self.out, self.away):
            row.addWidget(button)

    def offer(self, exports: Sequence[QAction]) -> None:
        """What is made of what the dock shows."""
        self.export.offer(exports)
        self.export.show()

    def apply_theme(self, theme: Theme) -> None:
        """Icons in the theme's colours."""
        self.export.apply_theme(theme)
        self.out.setIcon(icon("float", theme.muted))
        self.away.setIcon(icon("close", theme.muted))

    def _button(self, words: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(words)
        button.setToolTip(words)
        return button
