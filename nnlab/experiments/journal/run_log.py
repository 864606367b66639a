"""What the store is told of one run, on the thread that writes."""

import json
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from nnlab.errors import RunStoreError
from nnlab.experiments.events_text import format_events
from nnlab.experiments.experiment import Experiment, format_experiment
from nnlab.experiments.journal.curve_parts import CurveParts
from nnlab.experiments.journal.data_checksum import data_checksum
from nnlab.experiments.journal.entry import Beginning, Entry
from nnlab.experiments.journal.learned import as_learned
from nnlab.experiments.journal.records import Snapshot, figures_of, flat_settings, small_curve
from nnlab.experiments.journal.room import make_room
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.thinning import superfluous
from nnlab.experiments.journal.unwritten import Unwritten
from nnlab.experiments.journal.written import Written
from nnlab.experiments.model_content import file_bytes
from nnlab.file_lock import FileLock
from nnlab.models.metrics import score_of
from nnlab.training.history import History


def _nobody(number: int) -> None:
    """Nobody waits for the number."""


@dataclass
class RunLog:
    """The row of one run: its number, once it has one, which `numbered` hears then, and what of its curves is written."""

    number: int | None = None
    history: History = field(default_factory=History)
    parts: CurveParts = field(default_factory=CurveParts)
    lock: FileLock | None = None
    numbered: Callable[[int], None] = _nobody
    beginning: Beginning | None = None
    _unwritten: Unwritten = field(default_factory=Unwritten)
    _started: float | None = None  # what tells its row from another run's of the same number
    _store: RunStore | None = None  # in which its row was seen

    def take(self, what: Beginning | Entry) -> None:
        """What must not be lost, whether there is a store to write it into now or not."""
        if isinstance(what, Beginning):
            # It waits for the first entry, which needs its number.
            self.beginning = what
            self.history = what.history or History(score=score_of(what.dataset.targets if what.dataset else None))
        else:
            self._take_entry(what)

    def write(self, store: RunStore, entry: Entry) -> None:
        """What was taken last, and all before it that could not be written then."""
        if self.number is not None and self._store is not store and not self._is_in(store, self.number):
            self._leave(entry.step)
        if self.number is None and self.beginning is not None:
            self.number = self._taken_up(store, self.beginning) or self._begin(store, self.beginning)
            self.numbered(self.number)
        if self.number is not None:
            self._store = store
            self._hold(store, self.number)
            self._write_entry(store, self.number, entry)

    def release(self) -> None:
        """Others may go on with it."""
        if self.lock is not None:
            self.lock.release()
            self.lock = None

    def _take_entry(self, entry: Entry) -> None:
        self._unwritten.add(entry)
        if entry.gone_back:
            self.history.forget_after(entry.step)
            # Where it went back to may be before what is written.
            self.parts.begin_anew()
        self.history.extend(list(entry.steps))
        self.history.forget_after(entry.step)
        self.history.note_time(entry.step, entry.seconds)
        if entry.ending or entry.is_left:
            # Many small parts become one.
            self.parts.begin_anew()

    def _is_in(self, store: RunStore, number: int) -> bool:
        """Whether its row is in a store: in one that was begun under it there is none, or another run's."""
        found = store.find(number)
        if found is not None and self._started is None:
            self._started = found.started
        return found is not None and found.started == self._started

    def _leave(self, step: int) -> None:
        """Its row is not in this store, which is another than before: it begins once more there, from where it stands."""
        self.number, self._started = None, None
        self.release()
        self.parts.begin_anew()
        self._unwritten.clear()
        if self.beginning is not None:
            # No snapshot from before is there.
            facts = {**self.beginning.facts, "first_step": step}
            self.beginning = replace(self.beginning, facts=facts, origin=None)

    def _write_entry(self, store: RunStore, number: int, entry: Entry) -> None:
        content = file_bytes(entry.unchanging, entry.checkpoint, entry.experiment, {})
        pinned = self._unwritten.pinned
        written = Written(
            self._columns(entry),
            Snapshot(entry.step, len(content), bool(pinned)),
            content,
            self.parts.new_of(self.history),
            self._unwritten.back,
            sorted(pinned - {entry.step}),
        )
        try:
            store.write(number, written)
        except RunStoreError:
            # Which of it is there is not known.
            self.parts.begin_anew()
            raise
        self._unwritten.clear()
        store.drop_snapshots(number, superfluous(store.snapshots(number), store.limits()["run"]))

    def _hold(self, store: RunStore, number: int) -> None:
        """It may have been let go of at its end, and is trained on now."""
        if self.lock is None:
            self.lock = store.hold(number)
        if self.lock is None:
            raise RunStoreError(
                f"run {number:,} is being trained by another window or command, too; what it learns here is not kept"
            )

    def _taken_up(self, store: RunStore, beginning: Beginning) -> int:
        """The number of the row that it goes on in, held; 0 where it begins one of its own."""
        origin = beginning.origin
        if origin is None or not origin.is_last or _last_step(store, origin.number) != origin.step:
            return 0
        if (lock := store.hold(origin.number)) is None:
            return 0
        # Somebody may have gone on with it just before.
        if _last_step(store, origin.number) != origin.step:
            lock.release()
            return 0
        self.lock = lock
        # What a process that was killed wrote in many small parts becomes one.
        self.parts.begin_anew()
        return origin.number

    def _begin(self, store: RunStore, beginning: Beginning) -> int:
        make_room(store)
        origin = beginning.origin
        if origin is not None and store.find(origin.number) is None:
            # It was deleted meanwhile.
            origin = None
        text = _text(beginning.experiment)
        sweep, trial = beginning.trial or (None, None)
        self._started = time.time()
        return store.begin(
            {
                "name": beginning.experiment.name.encode(errors="replace").decode(),
                "experiment": text,
                "present": text,
                "settings": _settings(beginning.experiment),
                "data": data_checksum(beginning.dataset) if beginning.dataset else beginning.data,
                # To find out takes some hundredths of a second the first time, for which no first step need wait.
                "facts": json.dumps({**beginning.facts, "machine": platform.platform()}),
                "started": self._started,
                "parent": origin.number if origin else None,
                "parent_step": origin.step if origin else None,
                "tags": json.dumps(beginning.tags),
                "sweep": sweep,
                "trial": trial,
            }
        )

    def _columns(self, entry: Entry) -> dict[str, Any]:
        # What is changed before the first step is part of what the run begins with.
        first = self._unwritten.first
        begun = {"experiment": _text(first)} if first is not None else {}
        first_step = self.beginning.facts.get("first_step", 0) if self.beginning else 0
        # What was changed since acts from the next step on, if there ever is one.
        learned = entry.experiment
        if entry.step != first_step:
            learned = as_learned(learned, entry.events, entry.step)
        return begun | {
            "present": _text(learned),
            "settings": _settings(learned),
            "seconds": entry.seconds,
            "step": entry.step,
            "epoch": entry.epoch,
            "ending": entry.ending,
            "figures": json.dumps(figures_of(self.history)),
            "curve": small_curve(self.history).tobytes(),
            "events": json.dumps(format_events(entry.events)),
        }


def _last_step(store: RunStore, number: int) -> int | None:
    """The last step that was written of a run; None where it is not there."""
    found = store.find(number)
    return found.step if found is not None else None


def _text(experiment: Experiment) -> str:
    return format_experiment(experiment).encode(errors="replace").decode()


@lru_cache(maxsize=8)
def _settings(experiment: Experiment) -> str:
    return json.dumps(flat_settings(experiment))
