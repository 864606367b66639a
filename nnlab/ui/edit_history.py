"""Undo and redo: old experiments with their runs, changed parameters, deleted runs, in the order in which it was done."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from PySide6.QtCore import QObject, Signal

from nnlab.experiments.experiment import Experiment
from nnlab.ui.activity import Activity
from nnlab.ui.edit_words import Deletion, Edited, Place, entry_words
from nnlab.ui.messages import ParameterChange, Progress

# Edits of the same thing that follow this closely are one step of undo.
_MERGE_SECONDS = 1.0


class EditHistory(QObject):
    """What was before each edit, and after those that were taken back."""

    changed = Signal()
    parameter_wanted = Signal(object)  # ParameterChange to be made: a person's, or one that takes it back or makes it again
    deletion_wanted = Signal(object, bool)  # numbers of runs, whether they are to be deleted again or brought back

    def __init__(self) -> None:
        super().__init__()
        self._before: list[Edited] = []
        self._after: list[Edited] = []
        # Changes taken back before their answer came, by their serials: the answer says what to give back.
        self._owed: dict[int, ParameterChange] = {}
        self._serials = count(1)
        self._last = ("", 0.0)
        self._named: dict[bool, tuple[Edited, Place, str]] = {}

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._before)

    @property
    def brings_back_runs(self) -> bool:
        """Whether the last thing that was done is a deletion, which has nothing to do with the experiment."""
        return bool(self._before) and isinstance(self._before[-1], Deletion)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return bool(self._after)

    @property
    def has_changed_parameters(self) -> bool:
        """Whether a parameter of the present run has a value that a person gave it and can take back."""
        return any(isinstance(entry, ParameterChange) for entry in self._before)

    def words(self, now: Place) -> tuple[str, str]:
        """What the last edit was, and the last one that was taken back; "" where there is none."""
        return self._words(self._before, now, False), self._words(self._after, now, True)

    def _words(self, entries: list[Edited], now: Place, is_ahead: bool) -> str:
        if not entries:
            return ""
        # Asked for at every turn, and two large experiments take their time to compare.
        named = self._named.get(is_ahead)
        if named is None or named[0] is not entries[-1] or named[1] != now:
            words = entry_words(now, entries[-1]) if is_ahead else entry_words(entries[-1], now)
            named = self._named[is_ahead] = (entries[-1], now, words)
        return named[2]

    def record(self, before: Place, what: str = "") -> None:
        """An edit of `what` is about to be made; edits of the same thing in quick succession are undone together."""
        if not self._continues(what):
            self._before.append(before)
        self._after.clear()
        self._tell()

    def record_deletion(self, runs: tuple[int, ...]) -> None:
        """Kept runs were deleted; where that was redone it is known already."""
        if self._before[-1:] != [Deletion(runs)]:
            self._before.append(Deletion(runs))
            self._after.clear()
            self._last = ("", 0.0)
            self._tell()

    def forget_deletions(self, runs: tuple[int, ...]) -> None:
        """They were brought back otherwise."""
        self._before = [entry for entry in self._before if not (isinstance(entry, Deletion) and {*entry.runs} <= {*runs})]
        self._last = ("", 0.0)
        self._tell()

    def make(self, change: ParameterChange) -> None:
        """Have a parameter changed, and remember it at once: `answer` says later which value it had."""
        change = replace(change, serial=next(self._serials))
        self.record_parameter(change)
        self.parameter_wanted.emit(change)

    def record_parameter(self, change: ParameterChange) -> None:
        """A parameter is given another value; values in quick succession are undone together. Undoing is no edit."""
        if not change.is_edit:
            return
        last = self._before[-1] if self._continues(f"{change.tensor}{change.position}") else None
        if isinstance(last, ParameterChange) and _is_same(last, change):
            self._before.pop()
            change = replace(change, before=last.before, serial=last.serial)
        elif change.before is None:
            change = self._with_what_is_known(change)
        self._before.append(change)
        self._after.clear()
        self._tell()

    def _with_what_is_known(self, change: ParameterChange) -> ParameterChange:
        """At most one entry of a parameter waits for its answer: what it gave is what the next one finds."""
        same = [entry for entry in self._before if isinstance(entry, ParameterChange) and _is_same(entry, change)]
        if any(map(_waits, same)):
            return replace(change, before=same[-1].value)
        # What an owed change would be given back is what this one goes back to.
        owed = [serial for serial, entry in self._owed.items() if _is_same(entry, change)]
        self._settle(change)
        return replace(change, serial=owed[0]) if owed else change

    def answer(self, change: ParameterChange) -> None:
        """A change was made, and the value before it is known; or it was refused, which is as if nobody had asked."""
        if not change.is_edit:
            return
        for entries in (self._before, self._after):
            for index, entry in enumerate(entries):
                if isinstance(entry, ParameterChange) and _waits(entry) and entry.serial == change.serial:
                    entries[index : index + 1] = [] if change.before is None else [replace(entry, before=change.before)]
                    self._tell()
        owed = self._owed.pop(change.serial, None)
        if owed is not None and change.before is not None:
            self.parameter_wanted.emit(replace(owed, before=change.before).undone())

    def undo(self, now: Place) -> Place:
        """The place before the last edit; where that was a parameter's, `parameter_wanted` gives it its old value, and where
        it was a deletion, `deletion_wanted` brings the runs back.
        """
        return self._travel(self._before, self._after, now, lambda change: change.undone())

    def redo(self, now: Place) -> Place:
        """The place after the edit that was taken back last, or that change of a parameter once more."""
        return self._travel(self._after, self._before, now, lambda change: replace(change, is_edit=False))

    def forget_last(self, before: Experiment) -> None:
        """The last edit came to nothing, and the experiment is again what it was before."""
        last = self._before[-1] if self._before else None
        if isinstance(last, Place) and last.experiment == before:
            self._before.pop()
            self._tell()

    def forget_parameters(self) -> None:
        """A new run has other parameters; what was changed in the one before cannot come back."""
        for entries in (self._before, self._after):
            entries[:] = [entry for entry in entries if not isinstance(entry, ParameterChange)]
        self._owed.clear()
        self._last = ("", 0.0)
        self._tell()

    def follow(self, old: Progress, new: Progress) -> None:
        """Steps, or the end of training, move all parameters: a value from before them must not come back.

        The worker answers in order: an entry that still waits is of a change made after those steps.
        """
        if new.step == old.step and new.activity in (Activity.IDLE, Activity.PAUSED):
            return
        for entries in (self._before, self._after):
            entries[:] = [entry for entry in entries if not isinstance(entry, ParameterChange) or _waits(entry)]
        self._tell()

    def clear(self) -> None:
        """Forget everything."""
        self._before.clear()
        self._after.clear()
        self._owed.clear()
        self._last = ("", 0.0)
        self._tell()

    def _settle(self, change: ParameterChange) -> None:
        """What happens to a parameter now stands, whatever older answers would have given back to it."""
        self._owed = {serial: entry for serial, entry in self._owed.items() if not _is_same(entry, change)}

    def _continues(self, what: str) -> bool:
        """Whether an edit belongs to the one before it."""
        now, (what_before, at) = time.monotonic(), self._last
        self._last = (what, now)
        return bool(what) and what == what_before and now - at < _MERGE_SECONDS and bool(self._before)

    def _travel(
        self,
        back: list[Edited],
        forth: list[Edited],
        now: Place,
        way: Callable[[ParameterChange], ParameterChange],
    ) -> Place:
        if not back:
            return now
        entry = back.pop()
        self._last = ("", 0.0)
        forth.append(replace(now, brings_back=entry.brings_back) if isinstance(entry, Place) else entry)
        self._tell()
        if isinstance(entry, Deletion):
            self.deletion_wanted.emit(entry.runs, back is self._after)
            return now
        if isinstance(entry, ParameterChange):
            self._settle(entry)
            if back is self._before and _waits(entry):
                self._owed[entry.serial] = entry
            else:
                self.parameter_wanted.emit(way(entry))
            return now
        return entry

    def _tell(self) -> None:
        self.changed.emit()


def _waits(entry: ParameterChange) -> bool:
    return entry.before is None


def _is_same(entry: ParameterChange, other: ParameterChange) -> bool:
    return (entry.tensor, entry.position) == (other.tensor, other.position)
