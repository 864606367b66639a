"""What a process of a sweep does: it trains the trials that come through its connection, until nothing comes any more."""

from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from nnlab.experiments.computer import set_threads
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.sweeps.task import Task
from nnlab.experiments.sweeps.trainer import Trainer
from nnlab.spawning import end_with_parent, leave_signals_to_parent


def work(connection: Connection, store: Path, folders: Sequence[Path]) -> None:
    """Answer each task with its outcome. None ends it; coming while a trial is trained, it stops that first."""
    leave_signals_to_parent()
    # A sweep that was killed would else leave somebody behind who holds its runs; what is written is whole.
    end_with_parent()
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
