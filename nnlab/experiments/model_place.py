"""Where a headless run's model is written: over no other run's, and elsewhere when its own place does not take it."""

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from nnlab.atomic_file import write_atomically
from nnlab.errors import NnlabError, SaveError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.places import free_path, home
from nnlab.regular_file import is_there
from nnlab.training import TrainingRun

_ENDING = ".safetensors"


class ModelPlace:
    """The file of one run. `path` is where it really lies, `older` where the model lies that was there before.

    `problem` says why it lies elsewhere than in the folder that was asked for; it is empty where it lies there.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self.path = folder / f"{stem}{_ENDING}"
        self.older: Path | None = None
        self.problem = ""
        self._written: tuple[int, int] | None = None  # which file it is that this run wrote

    @property
    def words(self) -> str:
        """Where the model lies, and why there, or what it has taken the name of."""
        lies = f"the model lies in {self.path}"
        if self.problem:
            return f"{self.problem}; {lies}"
        return f"{lies}, and another run's, which had this name, in {self.older.name}" if self.older else lies

    def report(self) -> dict[str, str]:
        """`model` is where it lies, `older_model` where what had its name does, `not_saved` why it lies elsewhere."""
        report = {"model": str(self.path)}
        if self.older is not None:
            report["older_model"] = str(self.older)
        if self.problem:
            report["not_saved"] = self.words
        return report

    def write(self, content: bytes, run: TrainingRun, experiment: Experiment) -> None:
        """Write the model, beside what another run left under this name; raises SaveError where no place takes it."""
        try:
            if is_there(self.path) and self._written != _identity(self.path) and not _holds(self.path, run, experiment):
                self.older = _set_aside(self.path)
            write_atomically(self.path, content)
        except SaveError as error:
            if self._written:
                # The same numbers are there; only their figures are missing.
                return
            self._leave_as_it_was()
            self._write_elsewhere(content, error)
        self._written = _identity(self.path)

    def _leave_as_it_was(self) -> None:
        """The older file still has its own name."""
        if self.older is not None:
            with contextlib.suppress(OSError):
                self.older.unlink()
            self.older = None

    def _write_elsewhere(self, content: bytes, error: SaveError) -> None:
        for place in _other_places(f"{self.path.stem}-{time.strftime('%Y-%m-%d-%H%M%S')}"):
            with contextlib.suppress(SaveError):
                write_atomically(place, content)
                self.path, self.problem = place, str(error)
                return
        raise error


def _identity(path: Path) -> tuple[int, int]:
    """What tells a file from one that another process has put in its place."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def _holds(path: Path, run: TrainingRun, experiment: Experiment) -> bool:
    """Whether the file is of this very run: the same experiment at the same step with the same parameters."""
    try:
        saved = load_model(path)
    except (NnlabError, MemoryError):
        return False
    is_same = saved.experiment == experiment and saved.step == run.step
    return is_same and parameters_sha256(saved.model) == parameters_sha256(run.model)


def _set_aside(path: Path) -> Path:
    """Give an older file a second name, under which it stays when the first one is written anew."""
    older = free_path(path.parent, f"{path.stem}-older", path.suffix)
    try:
        # Of a symbolic link what it points to, which is what will be written anew.
        os.link(os.path.realpath(path), older)
    except OSError:
        # Not every file system gives a file two names.
        try:
            shutil.copy2(path, older)
        except OSError as error:
            raise SaveError(
                f"{path}: not saved, for another run's model lies there and cannot be copied to {older.name} "
                f"({error.strerror or error}); choose another --output"
            ) from None
    return older


def _other_places(stem: str) -> Iterator[Path]:
    """Where a model may still be saved: nnlab's home, and the system's folder of temporary files."""
    with contextlib.suppress(OSError, NnlabError):
        folder = home() / "recovered"
        folder.mkdir(parents=True, exist_ok=True)
        yield free_path(folder, stem, _ENDING)
    yield free_path(Path(tempfile.gettempdir()), stem, _ENDING)
