"""Files that a person gives to nnlab outside the window: macOS tells the application of them, others start another one."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from nnlab.ui.files import OPENABLE


def open_given(paths: Sequence[Path], open_file: Callable[[Path], object], choose_data: Callable[[Path], object]) -> None:
    """The first experiment or model among them is opened; where there is none, the first becomes the data."""
    openable = [path for path in paths if path.suffix.lower() in OPENABLE]
    if openable:
        open_file(openable[0])
    elif paths:
        # A name alone is of the folder that nnlab was called from, not of an experiment's.
        choose_data(paths[0].absolute())


class Application(QApplication):
    """The application, which hears of files; the last of those that come before the window stands waits for it."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(list(words))
        self._waiting: Path | None = None
        self._open: Callable[[Path], object] | None = None

    def opens(self, open_file: Callable[[Path], object]) -> None:
        """From now on files are opened by this."""
        self._open = open_file
        if self._waiting is not None:
            open_file(self._waiting)
            self._waiting = None

    def event(self, event: QEvent) -> bool:
        """Of a file that is to be opened; all other events are Qt's own affair."""
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent) and event.file():
            if self._open is None:
                self._waiting = Path(event.file())
            else:
                self._open(Path(event.file()))
            return True
        return super().event(event)
