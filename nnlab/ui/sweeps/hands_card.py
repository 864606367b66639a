"""Who trains the trials: processes of this computer, or a cluster by the address of its scheduler."""

import os

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.task import Hands
from nnlab.optional import is_installed, missing_sentence
from nnlab.ui.setup.form import CAPTION_WIDTH, Choice, WholeNumber
from nnlab.ui.widgets.card import Card, label

_HERE, _CLUSTER = "on this computer", "on a Dask cluster"
_MOST_PROCESSES = 256


class HandsCard(Card):
    """One core stays with the window at first."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Who trains")
        self.place, self.processes, self.address = Choice(), WholeNumber(), QLineEdit()
        self.place.setAccessibleName("Who trains")
        self.place.addItems((_HERE, _CLUSTER))
        self.processes.setRange(1, _MOST_PROCESSES)
        self.processes.setValue(max(1, (os.cpu_count() or 2) - 1))
        self.processes.setToolTip("Processes side by side, each with one thread")
        self.address.setPlaceholderText("tcp://127.0.0.1:8786")
        self.address.setToolTip("Of the scheduler; its workers need the same nnlab, and the data where it lies here")
        self.problem = label("", "error")
        self.problem.setWordWrap(True)
        self._here = _row("Processes", self.processes)
        self._there = _row("Scheduler", self.address)
        for widget in (self.place, self._here, self._there, self.problem):
            self.body.addWidget(widget)
        self.place.activated.connect(lambda _: self._show())
        self.address.textEdited.connect(lambda _: self._show())
        self._show()

    @property
    def is_cluster(self) -> bool:
        """Whether a scheduler is asked."""
        return self.place.currentText() == _CLUSTER

    @property
    def is_known(self) -> bool:
        """Whether it is said who trains."""
        return not self.is_cluster or (is_installed("dask") and bool(self.address.text().strip()))

    def hands(self) -> Hands:
        """Those who are to train; raises NnlabError for what is no address."""
        if not self.is_cluster:
            return Processes(self.processes.value())
        # What it loads makes no start of the window slower.
        from nnlab.experiments.sweeps.cluster import Cluster

        return Cluster(self.address.text().strip())

    def tell(self, problem: str) -> None:
        """A sentence below the address; "" takes the last one away."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _show(self) -> None:
        self._here.setVisible(not self.is_cluster)
        self._there.setVisible(self.is_cluster)
        self.tell(missing_sentence("dask") if self.is_cluster and not is_installed("dask") else "")
        self.changed.emit()


def _row(caption: str, editor: QWidget) -> QWidget:
    """As a row of a form."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    text = label(caption, "muted")
    text.setFixedWidth(CAPTION_WIDTH)
    text.setBuddy(editor)
    editor.setAccessibleName(caption)
    line.addWidget(text)
    line.addWidget(editor, 1)
    return row
