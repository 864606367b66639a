"""What the window looks like: rows of the table of actions, one for each theme and for each size of everything."""

from nnlab.ui.action_row import Face, Row
from nnlab.ui.appearance import MODES
from nnlab.ui.scale import SCALES, choose_scale, chosen_scale


def _theme(mode: str) -> Row:
    """One of the themes."""
    return Row(
        f"theme_{mode}",
        "View",
        0,
        f"{mode.capitalize()} theme",
        lambda desk: desk.appearance.choose(mode),
        group="theme",
        is_on=lambda desk: desk.appearance.mode == mode,
    )


def _scale(percent: int) -> Row:
    """One of the sizes of everything."""
    return Row(
        f"scale_{percent}",
        "View",
        5,
        f"{percent} %",
        lambda desk: desk.session.message.emit(choose_scale(desk.memory, percent)),
        help=f"Draw everything at {percent} % of the system's size, from the next start",
        submenu="Scale",
        group="scale",
        is_on=lambda desk: chosen_scale(desk.memory) == percent,
    )


THEME_ROWS = (
    *map(_theme, MODES),
    Row(
        "other_theme",
        "View",
        0,
        "Switch light and dark",
        lambda desk: desk.appearance.toggle(),
        help="Light or dark",
        face=lambda situation: Face("", "theme"),
    ),
)
SCALE_ROWS = tuple(map(_scale, SCALES))
