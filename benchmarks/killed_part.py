"""What kills.py kills: nnlab as it is, which besides notes when each of its steps was made, and may end itself by force.

    python benchmarks/killed_part.py NOTES DEATH WORDS...

Into NOTES, a file of float64 mapped into memory, goes the time of every step at its number. DEATH is the number of the call
that touches the disk (flush, rename, remove, a statement of SQLite) at which the process kills itself; 0 for never. With
WORDS that are a file, the window opens it, trains, and saves the model every now and then; otherwise it is a command.
"""

import itertools
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.training import TrainingRun

SAVE_MILLISECONDS = 700


def note_steps(path: str) -> None:
    """Every step's time, even of a process that is killed."""
    notes = np.memmap(path, np.float64, "r+")
    advance = TrainingRun._advance

    def advanced(run: TrainingRun) -> Any:
        step = advance(run)
        notes[step.number] = time.time()
        return step

    TrainingRun._advance = advanced


def die_at(death: int) -> None:
    """Before or after the n-th call that touches the disk."""
    counter = itertools.count(1)

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, which dies before or after it when its number has come."""

        def called(*arguments: Any, **named: Any) -> Any:
            number = next(counter)
            if number == death:
                os.kill(os.getpid(), signal.SIGKILL)
            result = call(*arguments, **named)
            if number == death - 1 and death % 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return called

    for name in ("fsync", "replace", "unlink", "chmod"):
        setattr(os, name, counted(getattr(os, name)))

    class Counting(sqlite3.Connection):
        """What SQLite writes counts, too."""

        execute = counted(sqlite3.Connection.execute)
        executemany = counted(sqlite3.Connection.executemany)

    connect = sqlite3.connect
    sqlite3.connect = lambda *arguments, **named: connect(*arguments, factory=Counting, **named)


def train_in_the_window(folder: Path) -> None:
    """Run as soon as the file is there, and save the model every now and then."""
    from PySide6.QtCore import QTimer

    from nnlab.ui.main_window import MainWindow

    show = MainWindow.show

    def showing(window: MainWindow) -> None:
        """Show it, and let it train and save by itself."""
        show(window)
        window.files.may_leave = lambda *_: True
        saving = QTimer(window)
        saving.timeout.connect(lambda: window.session.save_model(folder / "saved.safetensors"))

        def begin(prepared: Any) -> None:
            """Run, and save from now on."""
            # The file's experiment, not the one that the window opens with.
            if prepared.experiment.name == Path(sys.argv[3]).stem and not window.session.progress.is_running:
                QTimer.singleShot(0, window.session.run_or_pause)
                saving.start(SAVE_MILLISECONDS)

        window.session.prepared.connect(begin)

    MainWindow.show = showing


def main() -> int:
    """As `nnlab` with these words."""
    notes, death, *words = sys.argv[1:]
    note_steps(notes)
    if int(death):
        die_at(int(death))
    if Path(words[0]).suffix:
        train_in_the_window(Path(words[0]).parent)
    from nnlab.cli import main as nnlab

    return nnlab(words)


if __name__ == "__main__":
    sys.exit(main())
