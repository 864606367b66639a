"""How long a sweep will still take, by how its trials have ended so far."""

import time

# Of so many seconds the pace is the mean.
_SECONDS = 60.0


class Pace:
    """Told now and then how many trials of a sweep have ended."""

    def __init__(self) -> None:
        self._number = 0
        self._seen: list[tuple[float, int]] = []

    def tell(self, number: int, ended: int) -> None:
        """So many of this sweep have."""
        now = time.monotonic()
        if number != self._number:
            self._number, self._seen = number, []
        if not self._seen or self._seen[-1][1] != ended:
            self._seen.append((now, ended))
        while len(self._seen) > 2 and now - self._seen[0][0] > _SECONDS:
            self._seen.pop(0)

    def left(self, trials: int) -> str:
        """In words; "" while nobody knows."""
        if len(self._seen) < 2:
            return ""
        (began, first), (until, last) = self._seen[0], self._seen[-1]
        if last <= first or until <= began:
            return ""
        seconds = trials * (until - began) / (last - first)
        return f"about {seconds_text(seconds)} left"


def seconds_text(seconds: float) -> str:
    """40 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
