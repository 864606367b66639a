"""The thread that writes the journal: the loop that trains hands entries over and never waits for a disk."""

import queue
import threading
from collections.abc import Callable
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.store import RunStore, open_store

# Of entries that wait: each may hold a copy of a whole run.
_MOST_WAITING = 3


class JournalWriter:
    """One for a process. What cannot be written is said once, to `complain`; training goes on in any case."""

    def __init__(self, folder: Path, complain: Callable[[str], None]) -> None:
        self._folder, self._complain = folder, complain
        self._waiting: queue.Queue[tuple[RunLog, Beginning | Entry] | None] = queue.Queue()
        self._complained = ""
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that what is new had better wait, too, where it is."""
        return self._waiting.qsize() >= _MOST_WAITING

    def put(self, log: RunLog, what: Beginning | Entry) -> None:
        """To be written when it is its turn."""
        self._waiting.put((log, what))

    def flush(self) -> None:
        """Wait until all that was put so far is written, or cannot be."""
        self._waiting.join()

    def close(self) -> None:
        """Write what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        store: RunStore | None = None
        try:
            while (item := self._waiting.get()) is not None:
                try:
                    if store is None:
                        store, notice = open_store(self._folder)
                        if notice:
                            self._complain(notice)
                    log, what = item
                    log.write(store, what)
                    self._complained = ""
                except NnlabError as error:
                    self._say(str(error))
                except MemoryError:
                    self._say("the journal of this run: there is not enough memory to write it; close other programs")
                except Exception as error:
                    # Whoever waits for this thread must not wait for ever.
                    fault = f"{type(error).__name__}: {error}"
                    self._say(f"this run is not kept, for nnlab met a fault of its own ({fault}); please report it")
                finally:
                    self._waiting.task_done()
        finally:
            self._waiting.task_done()
            if store is not None:
                store.close()

    def _say(self, sentence: str) -> None:
        if not self._complained:
            self._complain(sentence)
        self._complained = sentence
