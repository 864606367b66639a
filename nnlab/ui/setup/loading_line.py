"""How far the data has been loaded, and a button to stop it; seen only when it takes long enough to wonder."""

import math

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QProgressBar, QPushButton, QWidget

from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.explained import literally

_PATIENCE_MILLISECONDS = 300
_STEPS = 1000


class LoadingLine(QWidget):
    """A bar, what is being done, and Cancel."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of loading the data")
        self._what = label("", "muted")
        self._what.setMinimumWidth(1)
        self._stop = QPushButton("Cancel")
        self._stop.clicked.connect(self._cancel)
        # It goes away under the focus, which would pass to anything.
        self._stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MILLISECONDS)
        self._patience.timeout.connect(self.show)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._what, 0, 0)
        grid.addWidget(self._bar, 1, 0)
        grid.addWidget(self._stop, 0, 1, 2, 1)
        self.hide()

    def begin(self, title: str) -> None:
        """Something is being loaded; nobody is told yet."""
        self.show_progress(title, math.nan)
        self._stop.setEnabled(True)
        self._patience.start()

    def show_progress(self, what: str, share: float) -> None:
        """What is being done; a share of NaN says that nobody knows how long."""
        self._what.setText(what)
        self._what.setToolTip(literally(what))
        self._bar.setRange(0, 0 if math.isnan(share) else _STEPS)
        self._bar.setValue(0 if math.isnan(share) else round(_STEPS * share))

    def end(self) -> None:
        """It is there, or never will be."""
        self._patience.stop()
        self.hide()

    def _cancel(self) -> None:
        # Work stops at its next report, which may take a moment.
        self._stop.setEnabled(False)
        self.cancelled.emit()
