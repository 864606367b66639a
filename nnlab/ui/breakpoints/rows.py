"""The row of the table of actions that opens the breakpoints."""

from nnlab.ui.action_row import Face, Row
from nnlab.ui.situation import Situation
from nnlab.words import counted


def _face(situation: Situation) -> Face:
    """How many are on."""
    count = sum(one.on for one in situation.wish.experiment.training.stop_when)
    return Face(counted(count, "stop") if count else "")


BREAKPOINT_ROWS = (
    Row(
        "stop_when",
        "Run",
        1,
        "Stop when…",
        lambda desk: desk.show_breakpoints(),
        ("S",),
        "Breakpoints: conditions at which training stops, and can go on",
        face=_face,
    ),
)
