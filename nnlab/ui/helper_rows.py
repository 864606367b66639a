"""How many processes train beside the window: a row of the table of actions for each number, remembered."""

from PySide6.QtCore import QSettings

from nnlab.experiments.computer import available_cores
from nnlab.experiments.sharing import crowding
from nnlab.training.crew.parts import MOST_HELPERS
from nnlab.ui.action_row import Desk, Row

_NAME, _USUAL, _FIRST_COUNTS = "helpers", 1, 5
_BITS = "The same number gives the same bits, another number other last digits; a run that has made steps keeps its number."


def offered_counts(cores: int) -> tuple[int, ...]:
    """None, some, as many as this machine has cores, and twice as many."""
    counts = {*range(_FIRST_COUNTS), cores, 2 * cores}
    return tuple(sorted(count for count in counts if count <= MOST_HELPERS))


def remembered_helpers(memory: QSettings) -> int:
    """The number that was chosen last; what an edited file says that is none counts as one."""
    text = str(memory.value(_NAME, _USUAL))
    return int(text) if text in map(str, range(MOST_HELPERS + 1)) else _USUAL


def chosen_words(count: int) -> str:
    """What a choice means, in sentences."""
    if not count:
        return (
            f"From the next Run on the window's own process trains: drawing and training wait for each other more. {_BITS}"
        )
    beside = "a process trains" if count == 1 else f"{count} processes train, each a part of every batch,"
    crowded = f" There are {crowding(count)}." if crowding(count) else ""
    return f"From the next Run on {beside} beside the window, so that neither waits for the other.{crowded} {_BITS}"


def _choose(desk: Desk, count: int) -> None:
    desk.memory.setValue(_NAME, count)
    desk.session.set_helpers(count)
    desk.session.message.emit(chosen_words(count))


def _row(count: int) -> Row:
    """So many."""
    words = {0: "None: the window trains by itself", 1: "1 beside the window"}.get(
        count, f"{count}, a part of every batch each"
    )
    return Row(
        f"helpers_{count}",
        "Run",
        1,
        f"{words} (more than cores)" if crowding(count) else words,
        lambda desk: _choose(desk, count),
        help=chosen_words(count),
        submenu="Helpers",
        group="helpers",
        is_on=lambda desk: desk.session.helpers == count,
    )


HELPER_ROWS = tuple(map(_row, offered_counts(available_cores())))
