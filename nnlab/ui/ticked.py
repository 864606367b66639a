"""Which runs of the store are ticked, to be seen beside the present one, and the colour of each."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from nnlab.ui.theme import RUN_COLORS


class Ticked(QObject):
    """Runs by their numbers in the store. A run keeps its colour as long as it is ticked."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[int, int] = {}  # of their looks, in the order in which they were ticked

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
        return QColor() if place is None else QColor(RUN_COLORS[place % len(RUN_COLORS)])

    def round_of(self, number: int) -> int:
        """0, or 1 where its colour is another run's as well: then its lines are drawn in dashes."""
        return self._places.get(number, 0) // len(RUN_COLORS)

    def _freest_place(self) -> int:
        """The first that the fewest have: with more than two runs for each colour, two look alike."""
        taken = list(self._places.values())
        return min(range(2 * len(RUN_COLORS)), key=taken.count)
