"""Ending a headless run in order: a signal is noted at once and looked at between two steps, never within one."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# The terminal's Ctrl-C, a request to end, and a terminal that is closed. SIGQUIT (Ctrl-\) stays the way to end at once.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Interruption:
    """Which signal has come, 0 while none has."""

    number = 0

    @property
    def name(self) -> str:
        """SIGINT, SIGTERM or SIGHUP."""
        return signal.Signals(self.number).name

    @property
    def exit_status(self) -> int:
        """What a shell gives a process that was ended by this signal."""
        return 128 + self.number


@contextmanager
def noted_signals() -> Iterator[Interruption]:
    """While this lasts signals change nothing but what is yielded: what a step or a save has begun it also ends.

    Handlers belong to the main thread; elsewhere signals go on to do what they did.
    """
    interruption = Interruption()

    def note(number: int, frame: FrameType | None) -> None:
        interruption.number = number

    before = {}
    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        # What whoever started nnlab wants ignored, as nohup does, stays so.
        heard = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
        before = {number: signal.signal(number, note) for number in heard}
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
