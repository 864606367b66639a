"""Opens the comparison with other frameworks beside the window, or brings it to the front."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nnlab.ui.baselines.panel import BaselinesPanel
from nnlab.ui.files import Files
from nnlab.ui.session import Session


class OpensBaselines(QObject):
    """One panel for the window, made when it is wanted first."""

    def __init__(self, window: QWidget, session: Session, files: Files) -> None:
        super().__init__(window)
        self.panel: BaselinesPanel | None = None
        self._window, self._session, self._files = window, session, files

    def open(self) -> None:
        """Show it, with what can be compared now."""
        if self.panel is None:
            self.panel = BaselinesPanel(self._window, self._session, self._files)
        self.panel.look_again()
        self.panel.show()
        self.panel.raise_()
        self.panel.activateWindow()
