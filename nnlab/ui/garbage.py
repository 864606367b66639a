"""Collects reference cycles on the window's thread and on no other."""

import gc
import time

from PySide6.QtCore import QObject, QTimer

_SHORTEST = 1.0
# Looking through all that was made since the window was there takes one part in so many of the time.
_SHARE = 1000
# The generation of what has outlived two collections: views and their plots, for the most part.
_OLD = 2


class Garbage(QObject):
    """Takes the place of Python's automatic collection from its making until `stop`.

    That runs on whichever thread happens to make an object, so on those of training and of jobs too; a widget or a timer in
    a cycle that is freed there is torn down beside its own event loop, which Qt answers with warnings at best.
    """

    def __init__(self) -> None:
        super().__init__()
        gc.disable()
        self._old_due = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """Begin to collect, now that the window is there."""
        # It stays, as the modules do, and is not looked through again: that takes 45 ms, and all that is made later 2 ms.
        gc.freeze()
        self._old_due = time.perf_counter()
        self._timer.start(round(1000 * _SHORTEST))

    def collect(self) -> None:
        """Free the cycles that nobody holds: young ones now, all of them when it is time for that."""
        started = time.perf_counter()
        if started < self._old_due:
            # Four views that are opened later are looked through in 20 ms, what one second of training leaves in 0.3.
            gc.collect(_OLD - 1)
            return
        gc.collect()
        ended = time.perf_counter()
        self._old_due = ended + _SHARE * (ended - started)

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
