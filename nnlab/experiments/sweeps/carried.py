"""A run that was trained where there is no store: taken down whole, carried to where there is one, and written there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nnlab.experiments.journal.data_checksum import data_checksum
from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.store import RunStore


@dataclass(frozen=True, eq=False)
class Carried:
    """All that a store is told of a run: its beginning and its curves in the log, and how it stood in the end."""

    log: RunLog
    last: Entry


class CarriedJournal:
    """A journal that keeps what it is told in memory, as if there were no store to write it into yet."""

    is_behind = False

    def __init__(self) -> None:
        self.said: list[str] = []
        self._log: RunLog | None = None
        self._last: Entry | None = None

    def put(self, log: RunLog, what: Beginning | Entry) -> None:
        """Into the log; of entries the last one has all that is still true."""
        log.take(what)
        self._log = log
        if isinstance(what, Entry):
            self._last = replace(what, steps=())

    def say(self, sentence: str) -> None:
        """It is told where the run is written."""
        self.said.append(sentence)

    def flush(self) -> None:
        """There is nothing to wait for."""

    def taken(self) -> Carried | None:
        """What was taken down since the last time; None where no run came so far as to begin."""
        log, last = self._log, self._last
        self._log, self._last = None, None
        if log is None or last is None or log.beginning is None:
            return None
        beginning = log.beginning
        if beginning.dataset is not None:
            # The data stays where it is.
            log.beginning = replace(beginning, dataset=None, data=data_checksum(beginning.dataset))
        return Carried(log, last)


def write_carried(store: RunStore, carried: Carried, folders: Sequence[Path]) -> None:
    """Into this store, as if it had been trained here, where its data is looked for in these folders."""
    log = carried.log
    if log.beginning is not None:
        places = [str(Path.cwd()), *(str(folder.absolute()) for folder in folders)]
        log.beginning = replace(log.beginning, facts={**log.beginning.facts, "folders": places})
    try:
        log.write(store, carried.last)
    finally:
        log.release()
