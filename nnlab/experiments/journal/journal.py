"""A journal: who takes down what recorders tell. The one that writes it into a store of this machine is in writer.py."""

from typing import Protocol

from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.run_log import RunLog


class Journal(Protocol):
    """What a recorder asks of it; nothing of it waits for a disk."""

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that what is new had better wait, too, where it is."""

    def put(self, log: RunLog, what: Beginning | Entry) -> None:
        """To be written when it is its turn."""

    def say(self, sentence: str) -> None:
        """Why something is not kept."""

    def flush(self) -> None:
        """Wait until all that was put so far is written, or cannot be."""
