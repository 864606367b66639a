"""Ending at a signal: what was learned is written to nnlab's home, nothing is asked, and the next start tells of it."""

import contextlib
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.places import free_path, home
from nnlab.ui.files import MOMENT_SECONDS, Files
from nnlab.ui.remembered import remembered_paths
from nnlab.ui.session import Session
from nnlab.ui.widgets.notice import NoticeLine

_KEY = "recovered"
# A step that takes longer than this is not waited for: whoever ends a process ends it by force before long.
_PATIENCE_MILLISECONDS = 20_000


class Rescue(QObject):
    """At the first signal saves between two steps and ends; at the second ends at once."""

    def __init__(self, session: Session, memory: QSettings, end: Callable[[int], None]) -> None:
        super().__init__()
        self._session = session
        self._memory = memory
        self._end = end
        self._status = 0
        self._kept: list[Path] = []
        self._awaited: set[Path] = set()

    def begin(self, number: int) -> None:
        """Save what is not saved, then end with the status that a shell gives a process ended by this signal."""
        if self._status:
            self._give_up()
            return
        self._status = 128 + number
        # Pausing is heard of before the answers to the saves.
        self._session.pause()
        # What cannot be saved is told.
        self._session.message.connect(_say)
        QTimer.singleShot(_PATIENCE_MILLISECONDS, self, self._give_up)
        folder, when = home() / "recovered", f"{datetime.now():%Y-%m-%d-%H%M%S}"
        self._save_experiment(folder, when)
        self._save_runs(folder, when)
        if not self._awaited:
            self._finish()

    def _save_experiment(self, folder: Path, when: str) -> None:
        experiment = self._session.experiment
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not self._session.is_saved:
                path = free_path(folder, f"{file_stem(experiment.name)}-{when}", ".toml")
                save_experiment(experiment, path)
                self._kept.append(path)
        except (NnlabError, OSError) as error:
            _say(f"the experiment was not saved: {error}")

    def _save_runs(self, folder: Path, when: str) -> None:
        """The present run, and those put aside that took more than a moment."""
        saving, runs = self._session.saving, self._session.runs
        wanted = [run for run in runs.shelf.unsaved if run.progress.seconds_here > MOMENT_SECONDS]
        if not runs.present.is_saved or runs.present.progress.is_running:
            wanted.insert(0, runs.present)
        for run in wanted:
            assert run.experiment is not None
            aside = "" if run is runs.present else f"-run-{run.name}"
            path = free_path(folder, f"{file_stem(run.experiment.name)}-{when}{aside}", ".safetensors")
            self._awaited.add(path)
            saving.rescue(path, run.history, run.name if aside else 0, partial(self._hear, path))

    def _hear(self, path: Path, is_saved: bool) -> None:
        self._awaited.remove(path)
        if is_saved:
            self._kept.append(path)
        if not self._awaited:
            self._finish()

    def _give_up(self) -> None:
        _say("ended before the model was saved")
        self._finish()

    def _finish(self) -> None:
        # The models first: the next start opens the first.
        self._kept.sort(key=lambda path: path.suffix)
        for path in self._kept:
            _say(f"what was not saved is kept in {path}")
        if self._kept:
            # What an earlier end left and nobody has opened yet is still offered.
            _remember(self._memory, list(dict.fromkeys([*self._kept, *remembered_paths(self._memory, _KEY)])))
        self._end(self._status)


def _say(sentence: str) -> None:
    # After SIGHUP the terminal is gone.
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"nnlab: {sentence}\n")
        sys.stderr.flush()


def _remember(memory: QSettings, paths: list[Path]) -> None:
    if paths:
        memory.setValue(_KEY, [str(path) for path in paths])
    else:
        memory.remove(_KEY)
    # The process may be ended by force before Qt writes by itself.
    memory.sync()


class RecoveredNotice(NoticeLine):
    """Tells at the start what the last end left behind; until it is opened or dismissed, at every start."""

    def __init__(self, files: Files, memory: QSettings) -> None:
        super().__init__()
        self.setAccessibleName("Recovered")
        self._memory = memory
        self._files = files
        self.paths = remembered_paths(memory, _KEY)
        self.acted.connect(self._open)
        files.opening.connect(self._on_opened)
        self.dismissed.connect(self._forget)

    def announce(self) -> None:
        """Tell, if there is anything; once it has its place in the window."""
        if self.paths:
            names = " and ".join(path.name for path in self.paths)
            self.tell(f"nnlab was ended before all was saved. Kept in {self.paths[0].parent}: {names}.", "Open it")

    def _open(self) -> None:
        self._files.open(self.paths[0])

    def _on_opened(self) -> None:
        """One that is open needs no offer any more; the question before it may have been answered with Cancel."""
        left = [path for path in self.paths if path != self._files.last_opened]
        if left != self.paths:
            self.paths = left
            _remember(self._memory, left)
            self.hide()
            self.announce()

    def _forget(self) -> None:
        self.paths = []
        _remember(self._memory, [])
