"""Opens sweeps and seeds beside the window. All that they take is loaded when they are wanted first, not at the start."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nnlab.ui.appearance import Appearance
from nnlab.ui.files import Files
from nnlab.ui.session import Session

if TYPE_CHECKING:
    from nnlab.ui.seeds.at_work import SeedsAtWork
    from nnlab.ui.sweeps.at_work import SweepsAtWork
    from nnlab.ui.sweeps.running import SweepRunning


class Sweeping(QObject):
    """The wire to them. One sweep runs at a time, whichever of the two began it."""

    message = Signal(str)  # what is said while their window is closed
    band_changed = Signal(object)  # SeedRuns or None: what of several seeds is to lie in Curves

    def __init__(self, parent: QWidget, session: Session, files: Files, appearance: Appearance) -> None:
        super().__init__(parent)
        self.work: SweepsAtWork | None = None
        self.seeds: SeedsAtWork | None = None
        self._running: SweepRunning | None = None
        self._parent, self._session, self._files, self._appearance = parent, session, files, appearance

    def open(self) -> None:
        """Show the window of sweeps, or bring it to the front."""
        self._made().open()

    def open_seeds(self) -> None:
        """Show the window of several seeds, or bring it to the front."""
        if self.seeds is None:
            from nnlab.ui.seeds.at_work import SeedsAtWork

            self.seeds = SeedsAtWork(self._parent, self._session, self._appearance, self._run())
            self.seeds.message.connect(self.message)
            self.seeds.banding.changed.connect(self.band_changed)
        self.seeds.open()

    def read(self, path: Path) -> None:
        """A sweep out of a file, to be looked at before it is started."""
        self._made().read(path)

    def shut_down(self) -> None:
        """What runs is stopped so that it can go on another day; returns when all threads have ended."""
        if self._running is not None:
            self._running.shut_down()
        for work in (self.work, self.seeds):
            if work is not None:
                work.shut_down()

    def _made(self) -> "SweepsAtWork":
        if self.work is None:
            from nnlab.ui.sweeps.at_work import SweepsAtWork

            self.work = SweepsAtWork(self._parent, self._session, self._files, self._appearance, self._run())
            self.work.message.connect(self.message)
        return self.work

    def _run(self) -> "SweepRunning":
        if self._running is None:
            from nnlab.ui.sweeps.running import SweepRunning

            self._running = SweepRunning()
        return self._running
