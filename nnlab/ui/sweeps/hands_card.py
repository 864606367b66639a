"""Who trains the trials: processes of this computer."""

import os

from PySide6.QtCore import Signal

from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.task import Hands
from nnlab.ui.setup.form import WholeNumber
from nnlab.ui.widgets.card import Card
from nnlab.ui.widgets.flow import captioned

_MOST_PROCESSES = 256


class HandsCard(Card):
    """One core stays with the window at first."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Who trains")
        self.processes = WholeNumber()
        self.processes.setRange(1, _MOST_PROCESSES)
        self.processes.setValue(max(1, (os.cpu_count() or 2) - 1))
        self.processes.setToolTip("Processes side by side, each with one thread")
        self.body.addWidget(captioned("Processes", self.processes))

    @property
    def is_cluster(self) -> bool:
        """Whether a scheduler is asked."""
        return False

    @property
    def is_known(self) -> bool:
        """Whether it is said who trains."""
        return True

    def tell(self, problem: str) -> None:
        """A sentence below it."""

    def hands(self) -> Hands:
        """Those who are to train."""
        return Processes(self.processes.value())
