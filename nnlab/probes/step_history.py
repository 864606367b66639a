"""Answers of a probe collected over the steps of a run, in bounded memory."""

from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

Kept = TypeVar("Kept")


class StepHistory(Generic[Kept]):
    """One answer every so many steps; when there are too many, every other one is let go and the distance doubles.

    The latest answer is always there: it gives way to the next until it is far enough from the one before.
    """

    def __init__(self, most: int = 160, distance: int = 1) -> None:
        """distance: of two answers, but for the latest"""
        self.most = most
        self.clear()
        self.distance = distance

    def clear(self) -> None:
        """A new run."""
        self.steps: list[int] = []
        self.kept: list[Kept] = []
        self.distance = 1

    def up_to(self, step: int | None) -> "StepHistory[Kept]":
        """Another one that has the answers up to a step, or all."""
        other = StepHistory[Kept](self.most, self.distance)
        count = len(self.steps) if step is None else int(np.searchsorted(self.steps, step, side="right"))
        other.steps, other.kept = self.steps[:count], self.kept[:count]
        return other

    def after(self, step: int) -> "StepHistory[Kept]":
        """Another one that has the answers of later steps."""
        other = StepHistory[Kept](self.most, self.distance)
        count = int(np.searchsorted(self.steps, step, side="right"))
        other.steps, other.kept = self.steps[count:], self.kept[count:]
        return other

    def joined(self, other: "StepHistory[Kept]") -> "StepHistory[Kept]":
        """A third one with the answers of both, of the same run, within the same bounds."""
        both = StepHistory[Kept](self.most, max(self.distance, other.distance))
        together = dict(zip(other.steps, other.kept, strict=True)) | dict(zip(self.steps, self.kept, strict=True))
        both.steps = sorted(together)
        while len(both.steps) > both.most:
            both.steps = [*both.steps[:-1:2], both.steps[-1]]
            both.distance *= 2
        both.kept = [together[step] for step in both.steps]
        return both

    def add(self, step: int, answer: Kept) -> None:
        """The answer of a step. A run that went back forgets what came after; the same step is told anew."""
        while self.steps and self.steps[-1] >= step:
            self._drop_last()
        if len(self.steps) >= 2 and self.steps[-1] - self.steps[-2] < self.distance:
            self._drop_last()
        self.steps.append(step)
        self.kept.append(answer)
        if len(self.steps) > self.most:
            # The first and the last stay.
            self.steps, self.kept = self.steps[::2], self.kept[::2]
            self.distance *= 2
            if self.steps[-1] != step:
                self.steps.append(step)
                self.kept.append(answer)

    def _drop_last(self) -> None:
        self.steps.pop()
        self.kept.pop()

    def spread(self, first: float, last: float, columns: int) -> npt.NDArray[np.intp]:
        """Which answer stands for each of so many equal spans of steps: the last one before it; -1 where there is none yet.

        Behind the latest step there is none either.
        """
        at = np.linspace(first, last, columns)
        chosen = np.searchsorted(self.steps, at, side="right") - 1
        # The span in which the latest step lies is the last that is filled.
        future = at > self.steps[-1] + (last - first) / max(columns - 1, 1)
        return np.where(future, -1, chosen)
