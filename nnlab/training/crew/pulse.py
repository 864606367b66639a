"""The pulse of a helper: by it the owner tells one that works long at a step from one that somebody has stopped.

A step may take any time; but whoever computes one has a thread left that counts. A machine that sleeps stops owner and
helpers alike, and clocks may jump meanwhile: so what counts are looks, and not the time.
"""

import threading
import time

from nnlab.training.crew.meeting import STRIDE

# Between two looks at a helper that is not stopped there is a beat.
_BEAT_SECONDS, LOOK_SECONDS = 0.4, 1.0
# So many looks without one, and it has been stopped, or has no more of this machine than if it had been. While a person
# waits fewer are enough: a helper that is given up for nothing costs a third of a second.
MOST_MISSED, MOST_MISSED_IN_A_HURRY = 20, 3


class Pulse:
    """counts: how often each hand beat, STRIDE numbers apart; 0 until it has come"""

    def __init__(self, counts: "memoryview[int]", rank: int) -> None:
        self._counts, self._place = counts, rank * STRIDE
        self._seen, self._missed = 0, 0

    def begin(self) -> None:
        """From now on this process beats as long as it lives."""
        self._counts[self._place] = 1
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    @property
    def has_begun(self) -> bool:
        """Whether it has come."""
        return self._counts[self._place] > 0

    def is_gone(self, is_in_a_hurry: bool) -> bool:
        """A look at it: whether there was no beat for too many of them. For one that has not come yet nobody waits."""
        count = self._counts[self._place]
        self._missed = self._missed + 1 if count == self._seen and count else 0
        self._seen = count
        return self._missed >= (MOST_MISSED_IN_A_HURRY if is_in_a_hurry else MOST_MISSED)

    def _beat(self) -> None:
        while True:
            time.sleep(_BEAT_SECONDS)
            self._counts[self._place] += 1
