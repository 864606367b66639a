"""The thread that writes the journal: the loop that trains hands entries over and never waits for a disk."""

import contextlib
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.faults import DamagedStoreError
from nnlab.experiments.journal.run_log import RunLog
from nnlab.experiments.journal.store import RunStore, open_store

# Of entries that wait: each holds a copy of a whole run. Of large ones a single one waits.
_MOST_WAITING, _MOST_BYTES = 3, 64 << 20
# Between two looks whether the thread that is waited for has ended.
_LOOK_SECONDS = 0.1


class JournalWriter:
    """One for a process. What cannot be written is said once, to `complain`; training goes on in any case."""

    def __init__(self, folder: Path, complain: Callable[[str], None]) -> None:
        self.folder, self._complain = folder, complain
        self._waiting: queue.Queue[tuple[RunLog, Beginning | Entry] | threading.Event | None] = queue.Queue()
        self._most = _MOST_WAITING
        self._complained = ""
        self._kept: set[int] = set()  # the numbers of runs of which all that was put so far is written, or waits for it
        # Both belong to the thread that writes.
        self._store: RunStore | None = None
        self._is_suspect = False  # something in it could not be read or written
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
        self._thread.start()

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that what is new had better wait, too, where it is."""
        return self._waiting.qsize() >= self._most

    def put(self, log: RunLog, what: Beginning | Entry) -> None:
        """To be written when it is its turn."""
        if isinstance(what, Entry):
            self._most = max(1, min(_MOST_WAITING, _MOST_BYTES // max(what.checkpoint.bytes, 1)))
        self._waiting.put((log, what))

    def keeps(self, number: int) -> bool:
        """Whether the store has a run that is trained here as it is, or will have it once what waits is written."""
        # What is complained of may be this one.
        return number in self._kept and not self._complained

    def flush(self) -> None:
        """Wait until all that was put so far is written, or cannot be; not for what others put meanwhile."""
        is_done = threading.Event()
        self._waiting.put(is_done)
        # A writer that was closed answers nobody any more.
        while not is_done.wait(_LOOK_SECONDS) and self._thread.is_alive():
            pass

    def close(self) -> None:
        """Write what waits, and end."""
        self._waiting.put(None)
        self._thread.join()

    def _write_all(self) -> None:
        try:
            while (item := self._waiting.get()) is not None:
                if isinstance(item, threading.Event):
                    item.set()
                    continue
                try:
                    self._write(*item)
                except DamagedStoreError as error:
                    self.say(str(error))
                    self._is_suspect = True
                except NnlabError as error:
                    self.say(str(error))
                except MemoryError:
                    self.say("the journal of this run: there is not enough memory to write it; close other programs")
                except Exception as error:
                    # The runs of others are still to be written.
                    fault = f"{type(error).__name__}: {error}"
                    self.say(f"this run is not kept, for nnlab met a fault of its own ({fault}); please report it")
        finally:
            self._let_go()

    def _write(self, log: RunLog, what: Beginning | Entry) -> None:
        log.take(what)
        if isinstance(what, Entry):
            is_kept = False
            try:
                log.write(self._opened(), what)
                self._complained, is_kept = "", not what.is_left
            finally:
                (self._kept.add if is_kept else self._kept.discard)(log.number or 0)
                if what.is_left:
                    log.release()

    def _opened(self) -> RunStore:
        """The store, opened anew where its file is another by now, or damaged: then it makes way for a new one."""
        if self._store is not None and (self._is_suspect or not self._store.is_in_place):
            self._let_go()
        if self._store is None:
            self._store, notice = open_store(self.folder, self._is_suspect)
            self._is_suspect = False
            if notice:
                self._tell(notice)
        return self._store

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def say(self, sentence: str) -> None:
        """Why something is not kept; once, until something is again."""
        if not self._complained:
            self._tell(sentence)
        self._complained = sentence

    def _tell(self, sentence: str) -> None:
        # Nobody may be there to hear it any more.
        with contextlib.suppress(Exception):
            self._complain(sentence)
