"""Working off a sweep: giving out its trials, and writing down how each of them ended."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from nnlab.errors import NnlabError, RunStoreError
from nnlab.experiments.experiment import format_experiment
from nnlab.experiments.journal.store import RunStore, open_store
from nnlab.experiments.sweeps import ledger, reading
from nnlab.experiments.sweeps.book import TrialBook
from nnlab.experiments.sweeps.carried import write_carried
from nnlab.experiments.sweeps.events import Notice, SweepChanged, SweepEvent, TrialChanged
from nnlab.experiments.sweeps.records import CANCELLED, DONE, PAUSED, RUNNING, STOPPED
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.task import Death, Hands, Outcome, Task
from nnlab.file_lock import FileLock

# Between two looks whether the sweep is paused, goes on, or is cancelled.
_LOOK_SECONDS = 0.1
# What is trained stops between two steps, unless it is just being loaded or measured; who takes longer is not waited for.
_STOP_SECONDS = 30.0


def _never() -> bool:
    return False


def _again_words(before: int, number: int) -> str:
    return (
        f"sweep {before:,} was the very same and is done, and is trained anew as sweep {number:,}; "
        f'what came of the first: nnlab runs list --filter "sweep = {before}"'
    )


class SweepRun:
    """A sweep while it is worked off, by iterating it. Any thread may pause it, let it go on, or cancel it meanwhile.

        for event in SweepRun(runs_folder(), sweep, Processes(2), data_folders()):
            ...

    Paused, no trial begins, and those that run go on to their ends. Cancelled, these stop between two steps, too, and the
    sweep goes on where it was when the very same is run again; so it does after it was killed. Trials that ended are not
    trained again, however they ended; nor are those that another sweep has done (nine seeds of sixteen), unless anew.
    """

    def __init__(
        self,
        store: Path,
        sweep: Sweep,
        hands: Hands,
        folders: Sequence[Path] = (),
        anew: bool = False,
        is_interrupted: Callable[[], bool] = _never,
    ) -> None:
        self.sweep = sweep
        self.number = 0  # in the store, once it has begun
        self._folder, self._hands, self._folders, self._anew = store, hands, folders, anew
        self._is_interrupted = is_interrupted
        self._is_paused = self._is_cancelled = False
        self._keeps = False  # what other sweeps have trained
        self._state = RUNNING  # as it is written
        self._told: set[str] = set()

    def pause(self) -> None:
        """Begin no more trials until it goes on."""
        self._is_paused = True

    def go_on(self) -> None:
        """After a pause."""
        self._is_paused = False

    def cancel(self) -> None:
        """Stop what runs, and end."""
        self._is_cancelled = True

    @property
    def is_stopped(self) -> bool:
        """Whether it was cancelled, or a signal came."""
        return self._is_cancelled or self._is_interrupted()

    def __iter__(self) -> Iterator[SweepEvent]:
        """Raises NnlabError where it cannot be begun: nobody is there to train, Optuna is missing, or it runs elsewhere."""
        # Before there is a row for it, so that one that cannot be begun leaves none.
        self.sweep.proposed([])
        self._hands.begin(self._folder, self._folders, lambda: self.is_stopped)
        try:
            store, notice = open_store(self._folder)
            with closing(store):
                if notice:
                    yield Notice(notice)
                yield from self._worked_off(store)
        finally:
            self._hands.close()

    def _worked_off(self, store: RunStore) -> Iterator[SweepEvent]:
        before = None if self._anew else ledger.finished(store, self.sweep)
        self._keeps = before is None and not self._anew
        lock = self._held(store)
        ended: SweepEvent | None = None
        try:
            if before is not None:
                yield Notice(_again_words(before, self.number))
            book = TrialBook(store, self.number, self.sweep)
            try:
                yield self._changed(store, RUNNING)
                yield from self._trained(store, book)
            finally:
                # Where the store is the reason for the end, nothing can be said there.
                with suppress(NnlabError):
                    for number in sorted(book.running):
                        book.ended(Outcome(number, CANCELLED, "stopped"))
                    ended = self._changed(store, DONE if book.is_done else STOPPED)
            if ended is not None:
                yield ended
        finally:
            lock.release()

    def _held(self, store: RunStore) -> FileLock:
        """The row of the sweep: that of the very same one where it was not worked off, or a new one."""
        found = None if self._anew else ledger.unfinished(store, self.sweep)
        self.number = found or ledger.begin_sweep(store, self.sweep, self._folders)
        if (lock := ledger.hold_sweep(store, self.number)) is None:
            raise RunStoreError(
                f"sweep {self.number:,} is just this one, and another window or command is at it; wait for it, or begin anew"
            )
        return lock

    def _trained(self, store: RunStore, book: TrialBook) -> Iterator[SweepEvent]:
        until = 0.0
        while not book.is_done:
            if self.is_stopped:
                if not until:
                    self._hands.stop()
                    until = time.monotonic() + _STOP_SECONDS
                if not book.running or time.monotonic() > until:
                    return
            else:
                wanted = PAUSED if self._is_paused else RUNNING
                if wanted != self._state:
                    yield self._changed(store, wanted)
                if not self._is_paused:
                    yield from self._given_out(store, book)
            if not book.running:
                time.sleep(_LOOK_SECONDS)
            # Also where nothing is trained: a cluster that has lost its workers sees those that come.
            for ended in self._hands.ended(_LOOK_SECONDS if book.running else 0.0):
                yield from self._written_down(store, book, ended)

    def _given_out(self, store: RunStore, book: TrialBook) -> Iterator[SweepEvent]:
        """To as many as are free."""
        for trial in book.waiting():
            if len(book.running) >= self._hands.size or self._is_paused or self.is_stopped:
                return
            try:
                experiment = self.sweep.experiment(trial.choices)
            except NnlabError as error:
                yield TrialChanged(book.refused(trial.number, str(error)))
                continue
            text = format_experiment(experiment).encode(errors="replace").decode()
            yield TrialChanged(book.begun(trial.number))
            kept = ledger.finished_run(store, self.sweep, text) if self._keeps and trial.run is None else None
            tags = (self.sweep.name,)
            self._hands.start(Task(self.number, trial.number, text, self.sweep.search.objective, tags, trial.run, kept))

    def _written_down(self, store: RunStore, book: TrialBook, ended: Outcome | Death) -> Iterator[SweepEvent]:
        if isinstance(ended, Death):
            trial = book.died(ended)
            yield Notice(f"trial {trial.number}: {trial.reason}")
            yield TrialChanged(trial)
            return
        notices = list(ended.notices)
        if ended.carried is not None:
            try:
                write_carried(store, ended.carried, self._folders)
            except NnlabError as error:
                notices.append(str(error))
        yield TrialChanged(book.ended(ended))
        for words in notices:
            if words not in self._told:
                self._told.add(words)
                yield Notice(words)

    def _changed(self, store: RunStore, state: str) -> SweepChanged:
        self._state = state
        ledger.set_state(store, self.number, state)
        return SweepChanged(reading.sweep(store, self.number))
