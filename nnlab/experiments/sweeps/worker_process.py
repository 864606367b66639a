"""What a process of a sweep does: it trains the trials that come through its connection, until nothing comes any more."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path

from nnlab.experiments.computer import set_threads
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.sweeps.task import Task
from nnlab.experiments.sweeps.trainer import Trainer

# A terminal sends them to all of its processes; the one that gives out the trials says what is to be done.
_LEFT_TO_OTHERS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def deaf_from_birth() -> Iterator[None]:
    """A process that is started within hears none of those signals, not even before it can say so itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python's own process beside those that are spawned: to start it changes the mask, too.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _LEFT_TO_OTHERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def work(connection: Connection, store: Path, folders: Sequence[Path]) -> None:
    """Answer each task with its outcome. None ends it; coming while a trial is trained, it stops that first."""
    for number in _LEFT_TO_OTHERS:
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    set_threads(1)
    said: list[str] = []
    writer = JournalWriter(store, said.append)
    trainer = Trainer(folders, writer, store)
    while (task := _next(connection)) is not None:
        # Nothing else comes meanwhile.
        outcome = trainer.train(task, connection.poll)
        try:
            connection.send(replace(outcome, notices=tuple(said)))
        except OSError:
            # Nobody waits for it any more.
            break
        said.clear()
    writer.close()


def _next(connection: Connection) -> Task | None:
    try:
        found: Task | None = connection.recv()
    except (EOFError, OSError):
        return None
    return found


def _end_with_parent() -> None:
    """A sweep that was killed leaves nobody behind, who would hold its runs: as if killed, too. What is written is whole."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
