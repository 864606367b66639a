"""Looks at a run that is trained without a window, as long as its loss says that it may not learn, and tells what ails it.

Of a run whose loss comes down nothing is looked at, and nothing is loaded to do so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.training import Step, TrainingRun
from nnlab.training.events import Event, begins_with_weights
from nnlab.training.history import History

if TYPE_CHECKING:
    from nnlab.experiments.ailing import Ailing
    from nnlab.probes.answer import Answer
    from nnlab.probes.distribution_record import DistributionRecord

# A loss that is lower than this share of what it began with has come down. That is the mean of a few examples, or of more,
# whichever is lower: what is thrown far by the first steps began before them, and a few examples may be bad ones.
_COME_DOWN, _FEW, _MANY = 0.8, 16, 256
# Seconds over which the loss is averaged; before so many steps or epochs nobody can tell.
_SECONDS, _STEPS, _EPOCHS = 0.01, 300, 2


@dataclass(frozen=True)
class _Standing:
    """What is to be known of the run besides its numbers."""

    batches: int
    total: int
    events: Sequence[Event]
    first_move: float


class Onlooker:
    """Hears of every step (`hear`); `words` are what the window would say at the end, and the option that mends it.

    history: has all steps when it is asked for    folders: where an encoder lies
    """

    def __init__(self, experiment: Experiment, folders: Sequence[Path]) -> None:
        self._experiment, self._folders = experiment, folders
        self._began, self._of_first, self._first_examples = math.inf, 0.0, 0
        self._sum, self._count, self._due = 0.0, 0, 0.0
        self._is_doubtful = False
        self._ailing: Ailing | None = None
        self._record: DistributionRecord | None = None
        self._first_move, self._is_blind = 0.0, False

    def hear(self, step: Step, seconds: float) -> bool:
        """A step was made; whether the run should be looked at now."""
        if self._first_examples < _MANY:
            self._begin(step)
            return False
        self._sum, self._count = self._sum + step.loss, self._count + 1
        if seconds < self._due:
            return False
        self._is_doubtful = not self._sum / self._count < _COME_DOWN * self._began
        self._sum, self._count, self._due = 0.0, 0, seconds + _SECONDS
        return self._is_doubtful and (step.number >= _STEPS or step.epoch >= _EPOCHS)

    def _begin(self, step: Step) -> None:
        before, self._of_first = self._first_examples, self._of_first + step.loss * step.examples
        self._first_examples += step.examples
        if any(before < border <= self._first_examples for border in (_FEW, _MANY)):
            self._began = min(self._began, self._of_first / self._first_examples)

    def look(self, run: TrainingRun, history: History) -> None:
        """If it is time to: what keeps the run from learning, as it is now."""
        if self._is_blind:
            return
        try:
            found = self._first_looks(run) if self._record is None else []
            assert self._record is not None and self._ailing is not None
            self._record.follow(run)
        except (MemoryError, NnlabError):
            # The run itself may be sound: what it began with is looked at in another one beside it.
            self._is_blind = True
            return
        found += self._record.hand_over()
        standing = _Standing(run.batches, run.total_steps, run.events, self._first_move)
        self._ailing.follow(found, history, self._experiment, standing)

    def _first_looks(self, run: TrainingRun) -> list["Answer"]:
        """At a run that has not made a step, for what was wrong with it from the start; and how far its first step goes."""
        from nnlab.experiments.ailing import Ailing
        from nnlab.probes.distribution_record import DistributionRecord
        from nnlab.probes.first_move import FirstMove

        if begins_with_weights(run.events):
            raise NnlabError("the seed does not draw what the run began with")
        fresh, begun, move = assemble(self._experiment, self._folders, run.data.dataset), DistributionRecord(), FirstMove()
        begun.follow(fresh)
        move.begin(fresh)
        if step := next(fresh, None):
            move.end(fresh, step.learning_rate)
        self._ailing, self._record, self._first_move = Ailing(), DistributionRecord(), move.per_rate
        return list(begun.hand_over())

    @property
    def words(self) -> str:
        """Why the run does not learn, and what to try; "" where it does."""
        is_seen = self._is_doubtful and not self._is_blind
        advice = self._ailing.advice if self._ailing is not None and is_seen else None
        if advice is None:
            return ""
        way = f" Try --set training.learning_rate={advice.learning_rate:g}" if advice.learning_rate else ""
        return f"{advice.sentence}{way}"
