"""Choosing a part of the data: training, validation or test examples, the same in all views."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal

from nnlab.probes import Selection
from nnlab.ui.messages import Prepared
from nnlab.ui.setup.form import Choice
from nnlab.words import counted


class PartChoice(Choice):
    """The parts that have examples; `chosen` says that a person wants another one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}
        self.setAccessibleName("Part of the data")
        self.setMinimumContentsLength(8)
        self.setToolTip("Which part of the data is shown, in all views")
        self.currentIndexChanged.connect(lambda _: self.chosen.emit(self.part))

    @property
    def part(self) -> str:
        """The one that is shown."""
        return str(self.currentData() or "train")

    @property
    def examples(self) -> int:
        """How many examples it has."""
        return self._counts.get(self.part, 0)

    def begin(self, prepared: Prepared) -> None:
        """Another run, which may have examples in other parts."""
        if prepared.counts == self._counts:
            return
        self._counts = dict(prepared.counts)
        with QSignalBlocker(self):
            self.clear()
            for place, (part, count) in enumerate(self._counts.items()):
                self.addItem(part, part)
                self.setItemData(place, counted(count, "example"), Qt.ItemDataRole.ToolTipRole)

    def show_selection(self, selection: Selection) -> None:
        """This part is selected; one that is not there counts as the training part, as the probes have it."""
        with QSignalBlocker(self):
            self.setCurrentIndex(max(0, self.findData(selection.part)))
