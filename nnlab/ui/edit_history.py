"""Undo and redo: old experiments, which are frozen values, and changes of single parameters, in the order they were made."""

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from nnlab.experiments.experiment import Experiment
from nnlab.ui.messages import ParameterChange

# Edits of the same thing that follow this closely are one step of undo.
_MERGE_SECONDS = 1.0

# What an edit leaves behind: the experiment as it was on the other side of it, or the change of a parameter that it was.
Entry = Experiment | ParameterChange


class EditHistory(QObject):
    """What was before each edit, and after those that were taken back."""

    changed = Signal()  # there may now be more or less to undo or redo
    parameter_wanted = Signal(object)  # ParameterChange that takes one back, or makes it again

    def __init__(self) -> None:
        super().__init__()
        self._before: list[Entry] = []
        self._after: list[Entry] = []
        self._last = ("", 0.0)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to make again."""
        return bool(self._after)

    def record(self, before: Experiment, what: str = "") -> None:
        """An edit of `what` is about to be made; edits of the same thing in quick succession are undone together."""
        if not self._continues(what):
            self._before.append(before)
        self._after.clear()
        self.changed.emit()

    def record_parameter(self, change: ParameterChange) -> None:
        """A parameter was given another value; values in quick succession are undone together. Undoing is no edit."""
        if not change.is_edit:
            return
        if self._continues(f"{change.tensor}{change.position}") and isinstance(self._before[-1], ParameterChange):
            change = replace(change, before=self._before.pop().before)
        self._before.append(change)
        self._after.clear()
        self.changed.emit()

    def undo(self, now: Experiment) -> Experiment:
        """The experiment before the last edit; where that was a parameter's, `parameter_wanted` gives it its old value."""
        return self._travel(self._before, self._after, now, lambda change: change.undone())

    def redo(self, now: Experiment) -> Experiment:
        """The experiment after the edit that was taken back last, or that change of a parameter once more."""
        return self._travel(self._after, self._before, now, lambda change: replace(change, is_edit=False))

    def forget_last(self, before: Experiment) -> None:
        """The last edit came to nothing, and the experiment is again what it was before."""
        if self._before and self._before[-1] == before:
            self._before.pop()
            self.changed.emit()

    def forget_parameters(self) -> None:
        """A new run has other parameters; what was changed in the one before cannot come back."""
        for entries in (self._before, self._after):
            entries[:] = [entry for entry in entries if not isinstance(entry, ParameterChange)]
        self._last = ("", 0.0)
        self.changed.emit()

    def clear(self) -> None:
        """Forget everything."""
        self._before.clear()
        self._after.clear()
        self._last = ("", 0.0)
        self.changed.emit()

    def _continues(self, what: str) -> bool:
        """Whether an edit belongs to the one before it."""
        now, (what_before, at) = time.monotonic(), self._last
        self._last = (what, now)
        return bool(what) and what == what_before and now - at < _MERGE_SECONDS and bool(self._before)

    def _travel(
        self,
        back: list[Entry],
        forth: list[Entry],
        now: Experiment,
        way: Callable[[ParameterChange], ParameterChange],
    ) -> Experiment:
        if not back:
            return now
        entry = back.pop()
        self._last = ("", 0.0)
        forth.append(entry if isinstance(entry, ParameterChange) else now)
        self.changed.emit()
        if isinstance(entry, ParameterChange):
            self.parameter_wanted.emit(way(entry))
            return now
        return entry
