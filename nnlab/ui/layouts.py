"""Ways to lay out the window: one row each. A person chooses one, changes it, and finds it again as it was left."""

from collections.abc import Callable
from dataclasses import dataclass

# In a narrower window the Inspector would leave the views too little room; it is then shown when asked for.
ROOM_FOR_INSPECTOR = 1360
# And in a lower one the runs too few lines to the Inspector above them.
_ROOM_FOR_RUNS = 900
# With so much width there is room for what else is of use at either side of the views.
_WIDE = 1700
_LARGE = 1.5


@dataclass(frozen=True)
class Layout:
    """What is shown at first in a window of so many pixels.

    docks: by their names    panes: how many views    runs_below: whether the list of runs stands beside the curves
    curves: their share of the height    magnification: of letters and pictures
    inspector_yields: whether in a narrow window the Inspector gives its room to a view that tells the same
    """

    name: str
    words: str
    help: str
    key: str
    docks: Callable[[int, int], frozenset[str]]
    panes: Callable[[int], int] = lambda width: 1
    runs_below: Callable[[int], bool] = lambda width: False
    curves: float = 0.27
    magnification: float = 1.0
    inspector_yields: bool = True


def _usual(width: int, height: int) -> frozenset[str]:
    beside = {"inspector"} if width >= ROOM_FOR_INSPECTOR else set()
    listed = {"runs"} if beside and height >= _ROOM_FOR_RUNS else set()
    return frozenset({"setup", "curves"} | beside | listed)


def _learning(width: int, height: int) -> frozenset[str]:
    return frozenset({"curves", "inspector"} | ({"setup"} if width >= _WIDE else set()))


_ROWS = (
    Layout(
        "standard",
        "Standard",
        "Setup, one view and the curves; Inspector and runs where there is room",
        "Alt+0",
        _usual,
    ),
    Layout(
        "learn",
        "Learn",
        "One large view, the Inspector explains it, small curves",
        "Alt+1",
        _learning,
        curves=0.2,
        inspector_yields=False,
    ),
    Layout(
        "experiment",
        "Experiment",
        "Setup, curves and runs, with several views side by side",
        "Alt+2",
        lambda width, height: frozenset({"setup", "curves", "runs"}),
        panes=lambda width: 4 if width >= _WIDE else 2,
        runs_below=lambda width: width < _WIDE,
        curves=0.32,
    ),
    Layout(
        "present",
        "Present",
        "For a room: one view and the curves in large type, no setup",
        "Alt+3",
        lambda width, height: frozenset({"curves"}),
        curves=0.3,
        magnification=_LARGE,
    ),
)
LAYOUTS: dict[str, Layout] = {row.name: row for row in _ROWS}
