"""How large everything in the window is, beside what the system says: chosen in the menu, in force from the next start."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSettings

SCALES = (80, 90, 100, 125, 150, 175, 200)
# Qt reads it once, before the first screen is opened.
_VARIABLE = "QT_SCALE_FACTOR"
_NAME = "scale"


def chosen_scale(memory: QSettings) -> int:
    """In percent; what an edited file says that is no scale counts as 100."""
    text = str(memory.value(_NAME, 100))
    return int(text) if text in map(str, SCALES) else 100


def choose_scale(memory: QSettings, percent: int) -> str:
    """Remember it; returns the sentence to be told."""
    memory.setValue(_NAME, percent)
    memory.sync()
    return f"Everything is drawn at {percent} % when nnlab starts again."


@contextmanager
def scale_in_force(memory: QSettings) -> Iterator[None]:
    """While Qt's application is made. Who has set Qt's own variable has chosen already; processes begun later see none."""
    percent = chosen_scale(memory)
    if percent == 100 or _VARIABLE in os.environ:
        yield
        return
    os.environ[_VARIABLE] = f"{percent / 100:g}"
    try:
        yield
    finally:
        del os.environ[_VARIABLE]
