"""Opens the sweeps beside the window. All that they take is loaded when they are wanted first, and not at the start."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnlab.ui.appearance import Appearance
from nnlab.ui.files import Files
from nnlab.ui.session import Session

if TYPE_CHECKING:
    from nnlab.ui.sweeps.at_work import SweepsAtWork


class Sweeping(QObject):
    """The wire to them."""

    message = Signal(str)  # what is said while the window of sweeps is closed

    def __init__(self, parent: QWidget, session: Session, files: Files, appearance: Appearance) -> None:
        super().__init__(parent)
        self.work: SweepsAtWork | None = None
        self._parent, self._session, self._files, self._appearance = parent, session, files, appearance

    def open(self) -> None:
        """Show their window, or bring it to the front."""
        self._made().open()

    def read(self, path: Path) -> None:
        """A sweep out of a file, to be looked at before it is started."""
        self._made().read(path)

    def shut_down(self) -> None:
        """What runs is stopped so that it can go on another day; returns when all threads have ended."""
        if self.work is not None:
            self.work.shut_down()

    def _made(self) -> "SweepsAtWork":
        if self.work is None:
            from nnlab.ui.sweeps.at_work import SweepsAtWork

            self.work = SweepsAtWork(self._parent, self._session, self._files, self._appearance)
            self.work.message.connect(self.message)
        return self.work
