"""Which runs of the store are ticked, to be seen beside the present one, and the colour of each."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from nnlab.ui.theme import RUN_COLORS


class Ticked(QObject):
    """Runs by their numbers in the store. A run keeps its colour as long as it is ticked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[int, int] = {}  # of their colours, in the order in which they were ticked

    @property
    def numbers(self) -> tuple[int, ...]:
        """In the order in which they were ticked."""
        return tuple(self._places)

    def tick(self, number: int, on: bool) -> None:
        """Tick a run, or untick it."""
        if on == (number in self._places):
            return
        if on:
            self._places[number] = self._freest_place()
        else:
            del self._places[number]
        self.changed.emit()

    def clear(self) -> None:
        """Untick all."""
        if self._places:
            self._places.clear()
            self.changed.emit()

    def color_of(self, number: int) -> QColor:
        """The same in both themes; invalid for a run that is not ticked."""
        place = self._places.get(number)
        return QColor() if place is None else QColor(RUN_COLORS[place])

    def _freest_place(self) -> int:
        """Of the first colour that the fewest have: with more runs than colours, two share one."""
        taken = list(self._places.values())
        return min(range(len(RUN_COLORS)), key=taken.count)
