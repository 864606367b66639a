"""What the window keeps from one start to the next. Its file gives back texts, and a text where one thing alone was kept."""

from pathlib import Path

from PySide6.QtCore import QSettings

from nnlab.ui.pace import FULL_SPEED, PACES


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
