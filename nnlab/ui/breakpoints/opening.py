"""Opens the breakpoints beside the window, or brings them to the front."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from nnlab.ui.session import Session

if TYPE_CHECKING:
    from nnlab.ui.breakpoints.panel import BreakpointsPanel

# Pixels.
_EDGE, _BELOW_THE_TOOLBAR = 16, 150


class OpensBreakpoints(QObject):
    """One panel for the window, made when it is wanted first."""

    def __init__(self, window: QWidget, session: Session) -> None:
        super().__init__(window)
        self.panel: BreakpointsPanel | None = None
        self._window, self._session = window, session

    def open(self) -> None:
        """Show it."""
        # Loaded when it is wanted: a start needs none of it.
        from nnlab.ui.breakpoints.panel import BreakpointsPanel

        if self.panel is None:
            self.panel = BreakpointsPanel(self._window, self._session)
        is_new = not self.panel.isVisible()
        if is_new:
            # At the right, so that the layers and Run can be seen beside it.
            corner = self._window.mapToGlobal(self._window.rect().topRight())
            self.panel.move(corner - QPoint(self.panel.width() + _EDGE, -_BELOW_THE_TOOLBAR))
        self.panel.show()
        if not is_new:
            self.panel.raise_()
        self.panel.activateWindow()
