"""Which sweep is shown, how far it is, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from nnlab.experiments.sweeps.records import CUT_OFF, DIVERGED, FAILED, PAUSED, RUNNING, STOPPED, SweepRecord
from nnlab.ui.sweeps.pace import Pace
from nnlab.ui.sweeps.sweep_choice import SweepChoice
from nnlab.ui.widgets.elided import Elided
from nnlab.words import counted

_NEW = "New sweep"
_CHOICE_WIDTH = 300


class SweepBar(QWidget):
    """`chosen` tells the number of the sweep that is wanted, 0 for a new one."""

    chosen = Signal(int)
    pause_wanted = Signal()
    go_on_wanted = Signal()
    cancel_wanted = Signal()
    duplicate_wanted = Signal()
    export_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice, self.said = SweepChoice(_NEW, _CHOICE_WIDTH), Elided("muted")
        self.choice.setAccessibleName("Sweep")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Progress of the sweep")
        self.pause, self.go_on, self.cancel = QPushButton("Pause"), QPushButton("Go on"), QPushButton("Stop")
        self.duplicate, self.export = QPushButton("Use its settings"), QPushButton("Export…")
        self.delete = QPushButton("Delete…")
        self._pace = Pace()
        self._explain()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.choice)
        head.addWidget(self.said, 1)
        buttons = {
            self.pause: self.pause_wanted,
            self.go_on: self.go_on_wanted,
            self.cancel: self.cancel_wanted,
            self.duplicate: self.duplicate_wanted,
            self.export: self.export_wanted,
            self.delete: self.delete_wanted,
        }
        for button, signal in buttons.items():
            button.setAutoDefault(False)
            button.clicked.connect(signal)
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.progress)
        self.choice.activated.connect(lambda _: self.chosen.emit(self.number))
        self.show_sweeps((), 0)
        self.show_sweep(None, 0, False, False)

    def _explain(self) -> None:
        self.pause.setToolTip("Trials that are trained go on to their ends; no other begins")
        self.go_on.setToolTip("Train the trials that are left")
        self.cancel.setToolTip("Stop between two steps; the sweep can go on from where it was, also after the next start")
        self.duplicate.setToolTip("Make a new sweep that begins with the settings of this one")
        self.delete.setToolTip("Delete the sweep with its table of trials; their runs stay")
        self.export.setToolTip("Save what this page shows: numbers as CSV, pictures as PNG, SVG or PDF, too")

    @property
    def number(self) -> int:
        """Of the sweep that is chosen; 0 for a new one."""
        return self.choice.number

    def show_sweeps(self, records: Sequence[SweepRecord], number: int) -> None:
        """All that there are, and which one is chosen."""
        self.choice.show_sweeps(records, number)

    def show_sweep(self, record: SweepRecord | None, total: int, is_own: bool, is_stopping: bool) -> None:
        """How far it is; is_own: whether this window runs it."""
        is_some = record is not None
        state = record.state if record is not None else ""
        self.pause.setVisible(is_own and state == RUNNING and not is_stopping)
        ended = record.ended if record is not None else 0
        has_stopped = state in (STOPPED, CUT_OFF) and ended < total
        self.go_on.setVisible(has_stopped or (is_own and state == PAUSED and not is_stopping))
        self.cancel.setVisible(is_own and state in (RUNNING, PAUSED))
        self.cancel.setEnabled(not is_stopping)
        self.duplicate.setVisible(is_some)
        self.delete.setVisible(is_some and state not in (RUNNING, PAUSED))
        self.progress.setVisible(is_some)
        if record is None:
            self.said.clear()
            return
        total = max(total, sum(record.counts.values()), 1)
        self.progress.setRange(0, total)
        self.progress.setValue(record.ended)
        self._pace.tell(record.number, record.ended)
        self.said.setText(self._words(record, total, is_own, is_stopping))

    def _words(self, record: SweepRecord, total: int, is_own: bool, is_stopping: bool) -> str:
        state = "stopping" if is_stopping else record.state
        if record.state == RUNNING and not is_own:
            state = "running in another window or command"
        parts = [state, f"{record.ended:,} of {counted(total, 'trial')}"]
        parts += [f"{count:,} {word}" for word in (FAILED, DIVERGED) if (count := record.counts.get(word, 0))]
        if record.state == RUNNING and (left := self._pace.left(total - record.ended)):
            parts.append(left)
        if is_own:
            parts.append("closing nnlab only interrupts it")
        return " · ".join(parts)
