"""What whoever runs a sweep hears of it, as it happens."""

from dataclasses import dataclass

from nnlab.experiments.sweeps.records import SweepRecord, TrialRecord


@dataclass(frozen=True)
class SweepChanged:
    """It begins, goes on, is paused, is stopped or done."""

    sweep: SweepRecord


@dataclass(frozen=True)
class TrialChanged:
    """A trial begins or has ended."""

    trial: TrialRecord


@dataclass(frozen=True)
class Notice:
    """A sentence for the person."""

    words: str


SweepEvent = SweepChanged | TrialChanged | Notice
