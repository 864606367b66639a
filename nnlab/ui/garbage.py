"""Collects reference cycles on the window's thread and on no other."""

import gc
import time

from PySide6.QtCore import QObject, QTimer

_SHORTEST = 1.0
# Collecting takes one part in so many of the time.
_SHARE = 100


class Garbage(QObject):
    """Takes the place of Python's automatic collection from its making until `stop`.

    That runs on whichever thread happens to make an object, so on those of training and of jobs too; a widget or a timer in
    a cycle that is freed there is torn down beside its own event loop, which Qt answers with warnings at best.
    """

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Begin to collect, now that the window is there."""
        # It stays, as the modules do, and is not looked through again: that takes 45 ms, and all that is made later 2 ms.
        gc.freeze()
        self._wait(_SHORTEST)

    def collect(self) -> None:
        """Free all cycles that nobody holds, and wait a while."""
        started = time.perf_counter()
        gc.collect()
        self._wait(max(_SHARE * (time.perf_counter() - started), _SHORTEST))

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _wait(self, seconds: float) -> None:
        self._timer.start(round(1000 * seconds))
