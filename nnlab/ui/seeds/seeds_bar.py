"""Which seeds are shown, how far they are, and what can be done with them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnlab.experiments.sweeps.records import CUT_OFF, DONE, PAUSED, RUNNING, STOPPED, SweepRecord
from nnlab.ui.setup.form import Choice
from nnlab.ui.sweeps.pace import Pace
from nnlab.ui.sweeps.sweep_choice import SweepChoice
from nnlab.ui.widgets.card import label
from nnlab.ui.widgets.elided import Elided

COUNTS = (9, 16)
_PRESENT = "Of the present experiment"
_CHOICE_WIDTH = 260


class SeedsBar(QWidget):
    """`chosen` tells the number of the sweep whose seeds are wanted, 0 for those of the present experiment."""

    chosen = Signal(int)
    count_chosen = Signal(int)
    start_wanted = Signal(bool)  # whether they are to be trained anew, though there are some
    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice, self.count, self.said = SweepChoice(_PRESENT, _CHOICE_WIDTH), Choice(), Elided("muted")
        self.start, self.anew, self.cancel = QPushButton("Start"), QPushButton("Train anew"), QPushButton("Stop")
        self.progress = QProgressBar()
        self._pace = Pace()
        self._explain()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.choice)
        self._caption = label("Seeds", "muted")
        head.addWidget(self._caption)
        head.addWidget(self.count)
        head.addWidget(self.said, 1)
        for button in (self.start, self.anew, self.cancel):
            button.setAutoDefault(False)
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.progress)
        self.choice.activated.connect(lambda _: self.chosen.emit(self.choice.number))
        self.count.activated.connect(lambda _: self.count_chosen.emit(self.wanted))
        self.start.clicked.connect(lambda: self.start_wanted.emit(False))
        self.anew.clicked.connect(lambda: self.start_wanted.emit(True))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.show_sets((), 0)

    def _explain(self) -> None:
        self.choice.setAccessibleName("Which experiment's seeds")
        self.count.setAccessibleName("How many seeds")
        self.count.setMinimumContentsLength(3)
        for count in COUNTS:
            self.count.addItem(str(count), count)
        self.start.setObjectName("primary")
        self.anew.setToolTip("Train them once more, as runs of their own; those that there are stay")
        self.cancel.setToolTip("Stop between two steps; they can go on from where they were, also after the next start")
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the seeds")

    @property
    def wanted(self) -> int:
        """How many seeds of the present experiment."""
        return int(self.count.currentData())

    def show_sets(self, records: Sequence[SweepRecord], number: int) -> None:
        """All that there are, and which is chosen."""
        self.choice.show_sweeps(records, number)
        for widget in (self._caption, self.count):
            widget.setVisible(not number)

    def show_state(self, record: SweepRecord | None, total: int, is_own: bool, is_stopping: bool, problem: str) -> None:
        """How far they are; is_own: whether this window trains them; problem: why they cannot be trained now, or ""."""
        state = record.state if record is not None else ""
        ended = record.ended if record is not None else 0
        runs = state in (RUNNING, PAUSED)
        can_go_on = state in (STOPPED, CUT_OFF) and ended < total
        self.start.setText("Go on" if can_go_on else "Start")
        self.start.setToolTip(
            "Train those that are left"
            if can_go_on
            else "Train the seeds beside the window; those that are trained are kept"
        )
        self.start.setVisible(record is None or can_go_on)
        self.anew.setVisible(record is not None and not runs)
        self.cancel.setVisible(runs and is_own)
        self.cancel.setEnabled(not is_stopping)
        for button in (self.start, self.anew):
            button.setEnabled(not problem)
        self.progress.setRange(0, max(total, 1))
        self.progress.setValue(ended)
        # It keeps its place, so that nothing moves.
        self.progress.setEnabled(record is not None)
        if record is not None:
            self._pace.tell(record.number, ended)
        self.said.setText(problem or self._words(record, total, is_own, is_stopping))

    def _words(self, record: SweepRecord | None, total: int, is_own: bool, is_stopping: bool) -> str:
        if record is None:
            return "not trained yet"
        state = "stopping" if is_stopping else record.state
        if record.state == RUNNING and not is_own:
            state = "trained by another window or command"
        parts = [state, f"{record.ended:,} of {total:,} ended"] if record.state != DONE else ["done"]
        if record.state == RUNNING and (left := self._pace.left(total - record.ended)):
            parts.append(left)
        if is_own and record.state == RUNNING:
            parts.append("closing nnlab only interrupts it")
        return " · ".join(parts)
