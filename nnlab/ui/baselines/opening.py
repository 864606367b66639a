"""Opens the comparison with other frameworks beside the window, or brings it to the front."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nnlab.ui.files import Files
from nnlab.ui.session import Session

if TYPE_CHECKING:
    from nnlab.ui.baselines.panel import BaselinesPanel


class OpensBaselines(QObject):
    """One panel for the window, made when it is wanted first."""

    def __init__(self, window: QWidget, session: Session, files: Files) -> None:
        super().__init__(window)
        self.panel: BaselinesPanel | None = None
        self._window, self._session, self._files = window, session, files

    def open(self) -> None:
        """Show it, with what can be compared now."""
        # Loaded when it is wanted: a start needs none of it.
        from nnlab.ui.baselines.panel import BaselinesPanel

        if self.panel is None:
            self.panel = BaselinesPanel(self._window, self._session, self._files)
        self.panel.look_again()
        self.panel.show()
        self.panel.raise_()
        self.panel.activateWindow()
