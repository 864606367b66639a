"""The helpers of a crew: called when training has lasted a moment, told and heard together, and replaced where one ends."""

import time
import weakref
from collections.abc import Callable, Sequence

from nnlab.models.model import ModelSettings
from nnlab.training.crew.assignment import Assignment
from nnlab.training.crew.board import IS_OFF, Board
from nnlab.training.crew.helper_process import HelperProcess
from nnlab.training.settings import TrainingSettings

# A run that is over sooner needs no helpers: they take a third of a second to come.
SECONDS_ALONE = 0.3
# A helper that ends is replaced; where they keep ending, training goes on without.
_MOST_DEATHS = 5


class CalledHelpers:
    """None until they are called, and while none can be had: `trouble` says why they come no more."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._processes: list[HelperProcess] = []
        # Held as long as somebody may still open the examples that they name.
        self._assignments: Sequence[Assignment] = ()
        self._since, self._deaths = 0.0, 0
        self.trouble = ""
        self._end = weakref.finalize(self, _dismiss, self._processes, board)

    @property
    def numbers(self) -> list[int]:
        """Of the processes, as the system counts them."""
        return [process.number for process in self._processes]

    @property
    def has_lost_one(self) -> bool:
        """Whether one has ended, before it was there or since."""
        return bool(self._processes and self._board.task[IS_OFF])

    def have_come(self, assign: Callable[[], Sequence[Assignment]]) -> bool:
        """Whether all are there; where there are none they are called, each with what it is assigned."""
        if not self._processes:
            self._since = self._since or time.monotonic()
            if self.trouble or time.monotonic() < self._since + SECONDS_ALONE:
                return False
            try:
                self._call(assign)
            except (OSError, RuntimeError, AssertionError, MemoryError) as error:
                # Of the system, or where this process is one that may start none.
                self.dismiss()
                self.trouble = f"no helper can be started ({getattr(error, 'strerror', None) or error})"
                return False
        return all(process.has_come for process in self._processes)

    def begin_stretch(self) -> None:
        """All take part in what is on the board."""
        for process in self._processes:
            process.begin_stretch()

    def tell(self, settings: tuple[TrainingSettings, ModelSettings]) -> None:
        """All go by these from the next stretch on."""
        for process in self._processes:
            process.tell(settings)

    def answer(self) -> tuple[int, float]:
        """What each says of a stretch, and all the same: steps made, and seconds. Raises EndedHelperError."""
        answer = 0, 0.0
        for process in self._processes:
            answer = process.answer()
        return answer

    def hurry(self) -> None:
        """A person waits. Any thread may say so."""
        for process in tuple(self._processes):
            process.hurry()

    def dismiss(self) -> None:
        """Let them go; others are called when there is more to do."""
        _dismiss(self._processes, self._board)
        self._assignments = ()

    def count_a_death(self) -> None:
        """Of too many others are not called in their place any more."""
        self._deaths += 1
        if self._deaths == _MOST_DEATHS:
            self.trouble = f"its helpers have ended {_MOST_DEATHS} times"

    def _call(self, assign: Callable[[], Sequence[Assignment]]) -> None:
        board = self._board
        board.task[IS_OFF] = 0
        for numbers in (board.pulses, board.counts):
            for place in range(len(numbers)):
                numbers[place] = 0
        self._assignments = assign()
        for assignment in self._assignments:
            self._processes.append(HelperProcess(assignment, board))


def _dismiss(processes: list[HelperProcess], board: Board) -> None:
    board.task[IS_OFF] = 1
    while processes:
        processes.pop().end()
