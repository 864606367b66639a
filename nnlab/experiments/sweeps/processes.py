"""Trials trained on processes of this machine, which write their runs into the store themselves.

Each process has a connection of its own, so that it is known whose trial it was where one dies; no trial of another is lost.
They start afresh (spawn): a copy of a process with threads is none that can be trusted.
"""

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from nnlab.experiments.sweeps.records import CANCELLED
from nnlab.experiments.sweeps.task import Death, IsStopped, Outcome, Task
from nnlab.experiments.sweeps.worker_process import work
from nnlab.spawning import deaf_from_birth

# To write what was told, and to end.
_END_SECONDS = 10.0


@dataclass(eq=False)
class _Worker:
    """A process, our end of its connection, and the trial it trains."""

    process: SpawnProcess
    connection: Connection
    task: Task | None = None


class Processes:
    """So many at most; each is started when there is a trial for it, and kept."""

    def __init__(self, count: int) -> None:
        self.size = count
        self._workers: list[_Worker] = []
        self._lost: list[Death | Outcome] = []
        self._is_stopping = False

    def begin(self, store: Path, folders: Sequence[Path], is_stopped: IsStopped) -> None:
        """Where they write, and where they look for data: relative paths lead on from where this process is."""
        self._store, self._folders = store, tuple(folders)

    def start(self, task: Task) -> None:
        """Give it to one that is idle, or to a new one."""
        for worker in [one for one in self._workers if one.task is None]:
            if worker.process.is_alive() and self._given(worker, task):
                return
            # It died while it was idle: no trial is lost.
            self._let_go(worker)
        worker = self._started()
        if not self._given(worker, task):
            self._lost.append(Death(task.trial, self._words(worker)))
            self._let_go(worker)

    def ended(self, patience: float) -> list[Outcome | Death]:
        """What the processes answer; a connection that ends without an answer is a death."""
        found, self._lost = self._lost, []
        busy = {worker.connection: worker for worker in self._workers if worker.task is not None}
        for connection in wait(list(busy), 0.0 if found else patience) if busy else []:
            assert isinstance(connection, Connection)
            found.append(self._answer(busy[connection]))
        return found

    def stop(self) -> None:
        """Each ends its trial between two steps, and then itself."""
        self._is_stopping = True
        for worker in self._workers:
            self._say_end(worker)

    def close(self) -> None:
        """They end, or are ended."""
        for worker in list(self._workers):
            self._say_end(worker)
        for worker in list(self._workers):
            worker.process.join(_END_SECONDS)
            self._let_go(worker)

    def _started(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=work, args=(theirs, self._store, self._folders), name="sweep", daemon=True)
        with deaf_from_birth():
            process.start()
        # Held by the process alone, the connection ends with it.
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _given(self, worker: _Worker, task: Task) -> bool:
        try:
            worker.connection.send(task)
        except OSError:
            return False
        worker.task = task
        return True

    def _answer(self, worker: _Worker) -> Outcome | Death:
        task = worker.task
        assert task is not None
        try:
            outcome: Outcome = worker.connection.recv()
        except (EOFError, OSError):
            words = self._words(worker)
            self._let_go(worker)
            return Outcome(task.trial, CANCELLED, "stopped") if self._is_stopping else Death(task.trial, words)
        worker.task = None
        return outcome

    def _words(self, worker: _Worker) -> str:
        """How its end shows."""
        worker.process.join(_END_SECONDS)
        status = worker.process.exitcode
        return f"killed by signal {-status}" if status is not None and status < 0 else f"ended with exit status {status}"

    def _say_end(self, worker: _Worker) -> None:
        try:
            worker.connection.send(None)
        except OSError:
            # It has ended.
            return

    def _let_go(self, worker: _Worker) -> None:
        if worker.process.is_alive():
            worker.process.kill()
        worker.process.join()
        worker.process.close()
        worker.connection.close()
        self._workers.remove(worker)
