"""Where the processes of a crew wait for each other: numbers in shared memory that they count up and look at."""

import threading
import time
from collections.abc import Callable

# Who waits looks again and again for so long before it sleeps: to be woken takes 50 us, in which a part may be done.
_SPINS = 2000
# How long it sleeps then at a time: first not at all, only letting others go first; then the longer the more naps it took,
# as where a person has paused the owner.
_YIELDS = 200
_NAP, _LONGEST_NAP, _LONGER, _MOST_NAPS = 0.0002, 0.05, 1.05, 200
# Each process counts on a cache line of its own: in a common one they would take it from each other at every look.
STRIDE = 8


class BrokenMeeting(Exception):
    """Somebody will never come."""


class Fence:
    """What was written before is seen before what is written after, and read before what is read after, on processors that
    reorder both, too: nothing passes a lock that is let go and taken again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def order(self) -> None:
        """Here."""
        self._lock.release()
        self._lock.acquire()


class Meeting:
    """All hands come to the same point before any of them goes on.

    counts: how often each came, STRIDE numbers apart    is_off: asked while it waits long; raises or tells
    """

    def __init__(self, counts: "memoryview[int]", rank: int, helpers: int, is_off: Callable[[], bool]) -> None:
        self._counts, self._own = counts, rank * STRIDE
        self._others = tuple(other * STRIDE for other in range(helpers) if other != rank)
        self._is_off = is_off
        self._came = 0
        self._fence = Fence()

    def wait(self) -> None:
        """Come, and stay until all others did; raises BrokenMeeting where it is off."""
        counts, others = self._counts, self._others
        if not others:
            return
        self._came += 1
        came = self._came
        self._fence.order()
        counts[self._own] = came
        for other in others:
            spins = 0
            while counts[other] < came:
                spins += 1
                if spins > _SPINS:
                    self._rest(spins - _SPINS)
        self._fence.order()

    def rest_until(self, is_so: Callable[[], bool]) -> None:
        """Stay until something is so, which most of the time it is already; raises BrokenMeeting where it is off."""
        times = 0
        while not is_so():
            times += 1
            self._rest(times)
        self._fence.order()

    def _rest(self, times: int) -> None:
        naps = times - _YIELDS
        time.sleep(min(_NAP * _LONGER ** min(naps, _MOST_NAPS), _LONGEST_NAP) if naps > 0 else 0)
        if (naps > 0 or not times % 50) and self._is_off():
            raise BrokenMeeting
