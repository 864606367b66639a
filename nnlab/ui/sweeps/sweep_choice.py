"""The list of all sweeps that there are, to choose one from."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker

from nnlab.experiments.sweeps.records import SweepRecord
from nnlab.ui.setup.form import Choice
from nnlab.words import shown

_LONGEST_NAME = 40


class SweepChoice(Choice):
    """By their numbers and names, behind one entry, of number 0, for what is none of them."""

    def __init__(self, other: str, width: int) -> None:
        super().__init__()
        self._other = other
        self.setFixedWidth(width)

    @property
    def number(self) -> int:
        """Of the sweep that is chosen; 0 where it is none."""
        return int(self.currentData() or 0)

    def show_sweeps(self, records: Sequence[SweepRecord], number: int) -> None:
        """All that there are, and which is chosen; nothing is emitted."""
        named = [(f"{record.number:,} · {shown(record.name, _LONGEST_NAME)}", record.number) for record in records]
        entries = [(self._other, 0), *named]
        with QSignalBlocker(self):
            if [(self.itemText(at), self.itemData(at)) for at in range(self.count())] != entries:
                self.clear()
                for text, own in entries:
                    self.addItem(text, own)
            self.setCurrentIndex(max(self.findData(number), 0))
