"""The store of runs, as commands use it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nnlab.terminal import complain

if TYPE_CHECKING:
    from nnlab.experiments.journal.store import RunStore
    from nnlab.experiments.journal.writer import JournalWriter


@contextmanager
def journal() -> "Iterator[JournalWriter]":
    """What is trained within is in the store of runs while it happens; all of it is written in the end."""
    from nnlab.experiments.journal.writer import JournalWriter
    from nnlab.experiments.places import runs_folder

    writer = JournalWriter(runs_folder(), complain)
    try:
        yield writer
    finally:
        writer.close()


@contextmanager
def opened_store() -> "Iterator[RunStore]":
    """The store, which is let go of in the end."""
    from nnlab.experiments.journal.store import open_store
    from nnlab.experiments.places import runs_folder

    store, notice = open_store(runs_folder())
    if notice:
        complain(notice)
    try:
        yield store
    finally:
        store.close()
