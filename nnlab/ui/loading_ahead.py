"""Loads views after the first frame, one at a time, before anybody has asked for them: the first click on one is quick."""

from PySide6.QtCore import QObject, QTimer

from nnlab.ui.messages import FrameAnswer
from nnlab.ui.session import Session
from nnlab.ui.views import VIEWS

# Loading one holds the window up for 5 to 15 ms: between two, there is time for whatever else there is to do.
_BETWEEN = 100


class LoadingAhead(QObject):
    """Begins with the first frame that shows something, and waits while training runs."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting = [row.make for row in VIEWS.values()]
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN)
        self._timer.timeout.connect(self._load_next)
        session.frame.connect(self._begin)

    def _begin(self, frame: FrameAnswer) -> None:
        if frame.probes:
            self._session.frame.disconnect(self._begin)
            self._timer.start()

    def _load_next(self) -> None:
        if not self._session.progress.is_running:
            self._waiting.pop(0).load()
        if not self._waiting:
            self._timer.stop()
