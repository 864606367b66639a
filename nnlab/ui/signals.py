"""Signals of the operating system, heard by Qt: Ctrl-C in the terminal, the end of a session, a request to end."""

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_BYTES_AT_ONCE = 64


class Signals(QObject):
    """Says which one came, on the window's thread.

    A handler in Python runs only when the interpreter has control, which an idle window does not give it. What Python does
    at once, whatever runs, is to write the signal's number to a file descriptor; Qt's event loop watches the other end.
    """

    arrived = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._near, self._far = socket.socketpair()
        for end in (self._near, self._far):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._near.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        self._fd_before = signal.set_wakeup_fd(self._far.fileno(), warn_on_full_buffer=False)
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        # What whoever started nnlab wants ignored, as nohup does, stays so.
        heard = [number for number in numbers if signal.getsignal(number) != signal.SIG_IGN]
        self._heard = frozenset(heard)
        for number in heard:
            signal.signal(number, lambda *_: None)

    def stop(self) -> None:
        """Hear no more. The process is about to end: another signal is ignored, and does not break in while Qt is torn down,
        which ends in a segmentation fault.
        """
        self._notifier.setEnabled(False)
        for number in self._heard:
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(self._fd_before)
        self._near.close()
        self._far.close()

    @Slot()
    def _read(self) -> None:
        for number in self._near.recv(_BYTES_AT_ONCE):
            if number in self._heard:
                self.arrived.emit(number)
