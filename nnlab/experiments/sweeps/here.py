"""Trials trained one after the other in this process and thread: the plainest hands, and all others give the same bits."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.experiments.computer import set_threads
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.sweeps.task import IsStopped, Outcome, Task
from nnlab.experiments.sweeps.trainer import Trainer


class Here:
    """For a command: while a trial is trained, the thread does nothing else."""

    size = 1

    def __init__(self) -> None:
        self._said: list[str] = []
        self._task: Task | None = None
        self._writer: JournalWriter | None = None
        self._trainer: Trainer | None = None

    def begin(self, store: Path, folders: Sequence[Path], is_stopped: IsStopped) -> None:
        """One BLAS thread from here on, as everywhere."""
        set_threads(1)
        self._is_stopped = is_stopped
        self._writer = JournalWriter(store, self._said.append)
        self._trainer = Trainer(folders, self._writer, store)

    def start(self, task: Task) -> None:
        """It is trained when it is asked for."""
        self._task = task

    def ended(self, patience: float) -> list[Outcome]:
        """The one, which takes as long as it takes."""
        if self._task is None or self._trainer is None:
            return []
        task, self._task = self._task, None
        outcome = self._trainer.train(task, self._is_stopped)
        said = tuple(self._said)
        self._said.clear()
        return [replace(outcome, notices=said)]

    def stop(self) -> None:
        """Training looks by itself whether it is to stop."""

    def close(self) -> None:
        """All that was told is written."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
