"""Undo and redo: since an experiment is a frozen value, its history is a list of old ones."""

import time

from nnlab.experiments.experiment import Experiment

# Edits of the same setting that follow this closely are one step of undo.
_MERGE_SECONDS = 1.0


class EditHistory:
    """What the experiment was before each edit, and after those that were taken back."""

    def __init__(self) -> None:
        self._before: list[Experiment] = []
        self._after: list[Experiment] = []
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
        now = time.monotonic()
        what_before, at = self._last
        if not (what and what == what_before and now - at < _MERGE_SECONDS):
            self._before.append(before)
        self._after.clear()
        self._last = (what, now)

    def undo(self, now: Experiment) -> Experiment:
        """The experiment before the last edit."""
        return self._travel(self._before, self._after, now)

    def redo(self, now: Experiment) -> Experiment:
        """The experiment after the edit that was taken back last."""
        return self._travel(self._after, self._before, now)

    def forget_last(self, before: Experiment) -> None:
        """The last edit came to nothing, and the experiment is again what it was before."""
        if self._before and self._before[-1] == before:
            self._before.pop()

    def _travel(self, back: list[Experiment], forth: list[Experiment], now: Experiment) -> Experiment:
        if not back:
            return now
        forth.append(now)
        self._last = ("", 0.0)
        return back.pop()
