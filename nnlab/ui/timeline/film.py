"""The film: the run's past played from step to step, at a chosen speed."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnlab.ui.past_worker import Arrival
from nnlab.ui.runs import Runs
from nnlab.ui.timeline.travel import Travel

# Of two pictures.
_FRAME_MILLISECONDS = 60


@dataclass(frozen=True)
class Speed:
    """How long the whole run lasts as a film; 0 shows every step, however many there are."""

    words: str
    seconds: float


SPEEDS = (Speed("in 5 s", 5), Speed("in 15 s", 15), Speed("in 1 min", 60), Speed("in 5 min", 300), Speed("every step", 0))


class Film(QObject):
    """Goes on through the past until now. So many steps pass from picture to picture as the speed wants, however long each
    takes; of every step the next is shown when the one before could be seen.
    """

    changed = Signal(bool)  # whether it plays

    def __init__(self, travel: Travel, runs: Runs) -> None:
        super().__init__()
        self._travel, self._runs = travel, runs
        self.speed = SPEEDS[1]
        self._is_playing = False
        self._begun = (0.0, 0)  # when, and at which step
        self._expected: int | None = None
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_FRAME_MILLISECONDS)
        self._next.timeout.connect(self._go_on)
        travel.arrived.connect(self._on_arrived)
        travel.moved.connect(self._on_moved)

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._is_playing

    def turn(self) -> None:
        """Play, or stop where it is."""
        if self._is_playing:
            self.stop()
        elif self._travel.reason:
            self._travel.message.emit(self._travel.reason)
        else:
            self._is_playing = True
            self.changed.emit(True)
            start = self._travel.wanted if self._travel.wanted is not None else self._travel.first
            self._begin(start)

    def stop(self) -> None:
        """Stay where it is."""
        self._next.stop()
        if self._is_playing:
            self._is_playing = False
            self.changed.emit(False)

    def choose(self, speed: Speed) -> None:
        """From the present picture on."""
        self.speed = speed
        if self._is_playing and self._travel.wanted is not None:
            self._begun = (time.monotonic(), self._travel.wanted)

    def _begin(self, step: int) -> None:
        self._begun = (time.monotonic(), step)
        self._go(step)

    def _go(self, step: int) -> None:
        self._expected = step if step < self._runs.present.progress.step else None
        self._travel.go_to(step)
        if not self._travel.is_past:
            self.stop()

    @Slot()
    def _go_on(self) -> None:
        shown = self._travel.shown
        if not self._is_playing or shown is None:
            return
        last = self._runs.present.progress.step
        began, first = self._begun
        # Where it began later the earliest step may be another.
        span = last - self._travel.first
        passed = (time.monotonic() - began) / self.speed.seconds * span if self.speed.seconds else 0
        self._go(min(max(first + round(passed), shown.step + 1), last))

    @Slot(object)
    def _on_arrived(self, arrival: Arrival) -> None:
        if self._is_playing and not self._next.isActive():
            self._next.start()

    @Slot(object)
    def _on_moved(self, step: int | None) -> None:
        """A person who takes the handle has the film stop."""
        if self._is_playing and step != self._expected:
            self.stop()
