"""The rows of the table of actions that say how fast Run goes."""

from nnlab.ui.action_row import Row
from nnlab.ui.pace import PACES, beside, pace_words


def _pace(pace: float) -> Row:
    """So many steps a second."""
    return Row(
        f"pace_{pace:g}",
        "Run",
        1,
        pace_words(pace),
        lambda desk: desk.session.set_pace(pace),
        submenu="Speed",
        group="pace",
        is_on=lambda desk: desk.session.situation.pace == pace,
    )


def _another_pace(name: str, way: int, key: str) -> Row:
    """The pace beside the present one."""
    return Row(
        name,
        "Run",
        1,
        name.capitalize(),
        lambda desk: desk.session.set_pace(beside(desk.session.situation.pace, way)),
        (key,),
        f"Train {name}: from one step per press to full speed",
        can=lambda situation: beside(situation.pace, way) != situation.pace,
    )


PACE_ROWS = (_another_pace("slower", -1, ","), _another_pace("faster", +1, "."), *map(_pace, reversed(PACES)))
