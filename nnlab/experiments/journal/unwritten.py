"""What entries told that could not be written: the next one that can be has to make up for it."""

from dataclasses import dataclass, field

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.entry import Entry


@dataclass
class Unwritten:
    """Of one run; with every entry that is written all of it is done.

    back: the step it went back to, the earliest if several times    pinned: steps that no replay leads to from before them
    first: its experiment, where that was changed before the first step
    """

    back: int | None = None
    pinned: set[int] = field(default_factory=set)
    first: Experiment | None = None

    def add(self, entry: Entry) -> None:
        """One more that is to be written."""
        if entry.gone_back:
            self.back = entry.step if self.back is None else min(entry.step, self.back)
            self.pinned = {step for step in self.pinned if step <= entry.step}
        # Steps alone lead neither to where a run went back to nor to the epoch that was put back at its end.
        if entry.gone_back or entry.checkpoint.kept_epoch > 0:
            self.pinned.add(entry.step)
        if entry.step == 0:
            self.first = entry.experiment

    def clear(self) -> None:
        """All is written."""
        self.back, self.first = None, None
        self.pinned.clear()
