"""Of which moment of a run something is: what every answer is stamped with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from nnlab.training.loop import TrainingRun


@dataclass(frozen=True)
class Moment:
    """Which parameters the model had: those of its last step, or those of an epoch that were put back at the end.

    What was found bit by bit while training went on is of several moments, the first after `since` updates.
    """

    run: int = 0  # which run, as long as the program lasts; its copies are the same one
    step: int = 0  # updates made
    epoch: int = 0  # whole epochs done
    edits: int = 0  # parameters changed by hand since the run began
    is_edited: bool = False  # whether some are not again what training had made of them
    kept_epoch: int = 0  # the epoch whose parameters were put back, if any were
    since: int | None = None

    @property
    def words(self) -> str:
        """For a person: after so many updates; or the epoch whose parameters the model has again."""
        at = (
            f"step {self.step:,}"
            if self.since is None or self.since >= self.step
            else f"steps {self.since:,} to {self.step:,}"
        )
        trained = f"epoch {self.kept_epoch:,}, restored" if self.kept_epoch else at
        return trained + (", edited by hand" if self.is_edited else "")

    @property
    def parameters(self) -> tuple[int, int, int, int]:
        """Two moments that are alike in this are of the same parameters, however they came about."""
        return self.run, self.step, self.edits, self.kept_epoch

    def until(self, now: "Moment") -> str:
        """What has become of the model between this moment and another, in words; empty if nothing."""
        if (now.step, now.kept_epoch) != (self.step, self.kept_epoch):
            return f"the model is now at {now.words}"
        return "weights were changed by hand since" if now.edits != self.edits else ""


def moment_of(run: TrainingRun) -> Moment:
    """Between which steps the run stands."""
    return Moment(run.identity, run.step, run.epoch, run.edits, bool(run.edited), run.kept_epoch)


@dataclass(frozen=True)
class Answer:
    """What a probe or a longer look found, and of which moment it is. Nothing in it can be changed any more."""

    moment: Moment
    value: Any

    def __post_init__(self) -> None:
        for array in _arrays(self.value):
            array.flags.writeable = False


def _arrays(value: Any) -> Iterator[np.ndarray]:
    """All arrays in frozen values, tuples, lists and tables, however deep."""
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for entry in fields(value):
            yield from _arrays(getattr(value, entry.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _arrays(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _arrays(part)
