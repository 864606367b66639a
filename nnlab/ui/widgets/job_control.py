"""A button for long work: it starts the job, then shows how far it is and cancels it."""

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from nnlab.ui.jobs import Job

# Pixels: the height of the bar, and from its ends to the button's, whose corners are round.
_BAR, _INSIDE = 3, 6


class JobControl(QWidget):
    """Pressed, it calls `start`; pressed again while the job goes on, it cancels. A job that is dropped tells nobody."""

    reported = Signal(str)  # what is being done
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, caption: str, start: Callable[[], Job | None]) -> None:
        super().__init__()
        self._caption = caption
        self._start = start
        self._job: Job | None = None
        self.button = QPushButton(caption)
        self.button.setAccessibleName(caption)
        self.button.clicked.connect(self._press)
        # A mouse click must not take the focus, or Space would press the button again.
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # As wide as it will ever be: nothing moves when a job begins.
        self.button.setText("Cancelling")
        width = self.button.sizeHint().width()
        self.button.setText(caption)
        self.button.setFixedWidth(max(width, self.button.sizeHint().width()))
        self.bar = self._make_bar()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)

    def _make_bar(self) -> QProgressBar:
        """Along the lower edge of the button: beside it, it would leave a gap for as long as nothing goes on."""
        # In no layout: what comes and goes there would have everything around it laid out anew.
        bar = QProgressBar(self.button)
        bar.setTextVisible(False)
        bar.setFixedHeight(_BAR)
        bar.setAccessibleName(f"{self._caption}: progress")
        bar.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bar.hide()
        return bar

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The bar stays in its place."""
        super().resizeEvent(event)
        button = self.button.size()
        self.bar.setGeometry(_INSIDE, button.height() - _BAR - 2, button.width() - 2 * _INSIDE, _BAR)

    @property
    def is_busy(self) -> bool:
        """Whether a job goes on."""
        return self._job is not None

    def drop(self) -> None:
        """Cancel what goes on, and hear no more of it."""
        if self._job is not None:
            self._job.cancel()
            self._end()

    def _press(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self.button.setText("Cancelling")
            self.button.setEnabled(False)
            return
        job = self._start()
        if job is None:
            return
        self._job = job
        self.button.setText("Cancel")
        self.bar.setRange(0, 0)
        self.bar.show()
        job.progressed.connect(lambda what, share: self._show_progress(job, what, share))
        job.done.connect(lambda answer: self._finish(job, self.done, answer))
        job.failed.connect(lambda sentence: self._finish(job, self.failed, sentence))
        job.cancelled.connect(lambda: self._finish(job, self.cancelled))
        job.ended.connect(lambda: self._leave(job))

    def _show_progress(self, job: Job, what: str, share: float) -> None:
        if job is self._job and not job.is_cancelled:
            self.bar.setRange(0, 0 if math.isnan(share) else 1000)
            self.bar.setValue(0 if math.isnan(share) else round(1000 * share))
            self.reported.emit(what)

    def _finish(self, job: Job, ending: SignalInstance, *what: object) -> None:
        if job is self._job:
            self._end()
            ending.emit(*what)

    def _leave(self, job: Job) -> None:
        if job is self._job:
            self._end()

    def _end(self) -> None:
        self._job = None
        self.bar.hide()
        self.button.setText(self._caption)
        self.button.setEnabled(True)
