"""The button at the head of a picture that copies and saves it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton

from nnlab.ui.icons import icon
from nnlab.ui.theme import Theme


class ExportButton(QToolButton):
    """Lists what can be made of the picture below it."""

    opened = Signal()  # before the list is shown: what it does is meant for this picture

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("flat")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setAccessibleName("Export")
        self.setToolTip("Copy or save this picture and its numbers")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.opened)
        self.setMenu(self._menu)

    def offer(self, actions: Sequence[QAction]) -> None:
        """What its list holds."""
        self._menu.clear()
        self._menu.addActions(list(actions))

    def apply_theme(self, theme: Theme) -> None:
        """In the colour of what is said beside it."""
        self.setIcon(icon("export", theme.muted))
