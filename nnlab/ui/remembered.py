"""What the window keeps from one start to the next. Its file gives back texts, and a text where one thing alone was kept."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QMargins, QRect, QSettings

from nnlab.ui.pace import FULL_SPEED, PACES
from nnlab.ui.placing import FRAME

_MOST_FRAME = 200


def remembered_paths(memory: QSettings, key: str) -> list[Path]:
    """The files that were kept under a key and are still there."""
    stored = memory.value(key, [])
    texts = stored if isinstance(stored, list | tuple) else [stored] if isinstance(stored, str) else []
    paths = [Path(text) for text in texts]
    return [path for path in paths if path.exists()]


def remembered_pace(memory: QSettings) -> float:
    """How many steps a second Run makes."""
    known = {str(pace): pace for pace in PACES}
    return known.get(str(memory.value("pace", FULL_SPEED)), FULL_SPEED)


def remember_frame(memory: QSettings, inside: QRect, outside: QRect) -> None:
    """How much the system puts around a window of this size: that is known once it has been shown."""
    sides = (
        inside.left() - outside.left(),
        inside.top() - outside.top(),
        outside.right() - inside.right(),
        outside.bottom() - inside.bottom(),
    )
    memory.setValue("frame", " ".join(map(str, sides)))


def remembered_frame(memory: QSettings) -> QMargins:
    """What the system put around the last window; what is usual before there was one."""
    with suppress(ValueError):
        left, top, right, bottom = (int(side) for side in str(memory.value("frame", "")).split())
        if all(0 <= side <= _MOST_FRAME for side in (left, top, right, bottom)):
            return QMargins(left, top, right, bottom)
    return FRAME
