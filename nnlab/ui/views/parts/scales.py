"""What the colours of a view reach to. They change in steps, and views that are held side by side have them in common."""

from collections.abc import Callable, Hashable

# Down only when everything has faded to under this share: no flicker at a step.
_FADED = 0.4

_ALONG = (1, 1.2, 1.4, 1.6, 1.8, 2, 2.4, 2.8, 3.2, 3.6, 4, 4.5, 5, 6, 7, 8, 9, 10)


def step_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 5, 7, 10, ... at or above a positive number: scales change in steps and do not flicker."""
    if not value > 0:
        return 1.0
    exponent = f"{value:e}".split("e")[1]
    return next(step for digit in (1, 1.5, 2, 3, 5, 7, 10) if (step := float(f"{digit}e{exponent}")) >= value * (1 - 1e-9))


def step_along(value: float) -> float:
    """The same for the end of an axis of time, in steps of which none leaves more than a sixth of the axis blank."""
    if not value > 0:
        return 1.0
    exponent = f"{value:e}".split("e")[1]
    return next(step for digit in _ALONG if (step := float(f"{digit}e{exponent}")) >= value * (1 - 1e-9))


class Scales:
    """The bounds of one view, by what is drawn there."""

    def __init__(self) -> None:
        self.bounds: dict[Hashable, float] = {}
        self.changed: Callable[[], object] = lambda: None  # a bound is another, because of what another view draws
        self._large: dict[Hashable, float] = {}
        self._together: list[Scales] = [self]

    def join(self, other: "Scales") -> None:
        """Have all bounds in common with another view of the same kind from now on."""
        self._together, self.bounds = other._together, other.bounds
        self._together.append(self)

    def follow(self, what: Hashable, large: float) -> float:
        """The bound for numbers as large as this here, and as large as they are in the other views."""
        self._large[what] = large
        most = max(one._large.get(what, 0.0) for one in self._together)
        bound = self.bounds.get(what, 0.0)
        if bound == 0 or most > bound or 0 < most < _FADED * bound:
            self.bounds[what] = step_up(most)
            for one in self._together:
                if one is not self and what in one._large and self.bounds[what] != bound:
                    one.changed()
        return self.bounds[what]

    def forget(self) -> None:
        """Nothing is drawn here; what the others draw keeps its bounds."""
        self._large.clear()
        for what in [what for what in self.bounds if not any(what in one._large for one in self._together)]:
            del self.bounds[what]
