"""What to do about a run that does not learn: a sentence and a learning rate, as a function of what ails it. No Qt."""

import math
from dataclasses import dataclass

from nnlab.probes.ailment import USUAL_PACE, Ailment, Cause
from nnlab.settings import largest
from nnlab.training import TrainingSettings
from nnlab.words import figure

# Of the examples that come with nnlab each learns at the largest power of ten of its rate beneath this, some at none above.
_LARGEST_FIRST_MOVE = 0.1
_MOST_TENS = 9


@dataclass(frozen=True)
class Advice:
    """One line, and the learning rate that helps, 0 where none does: by a fresh run, or from the next step on."""

    sentence: str
    learning_rate: float = 0.0
    restarts: bool = False
    of_rate: float | None = None  # at which the run does not learn

    @property
    def words(self) -> str:
        """Of the button that does it."""
        if not self.learning_rate:
            return ""
        return f"{'Restart with learning rate' if self.restarts else 'Learning rate'} {figure(self.learning_rate)}"


def advice_of(ailment: Ailment, training: TrainingSettings, first_move: float = 0.0) -> Advice:
    """What ails the run in plain words, and what mends it. first_move: as `slower` has it."""
    flat, rate = ailment.flat, training.learning_rate
    if flat is not None:
        units = f"All {flat.units:,} units of {flat.layer}" if flat.units > 1 else f"The only unit of {flat.layer}"
        state = "dead (they put out 0 alone)" if ailment.cause is Cause.DEAD else "saturated"
        if flat.units == 1:
            state = state.replace("they put", "it puts")
        if ailment.is_from_start:
            were = "were" if flat.units > 1 else "was"
            return Advice(f"{units} {were} {state} before the first step: choose another initializer or activation.")
        are = "are" if flat.units > 1 else "is"
        sentence = f"{units} {are} {state}: the learning rate is too large."
        return Advice(sentence, slower(rate, first_move), restarts=True)
    if ailment.cause is Cause.TOO_FAST:
        sentence = f"The loss rose from {figure(ailment.began)} to {figure(ailment.now)}: the learning rate is too large."
        return Advice(sentence, slower(rate, first_move), restarts=True)
    pace = f"{figure(float(f'{100 * ailment.pace:.1g}'))} %"
    sentence = f"The loss stands still: a step moves the weights by {pace} of their size, and about 0.1 % is usual."
    return Advice(sentence, _faster(rate, ailment.pace))


def slower(learning_rate: float, first_move: float = 0.0) -> float:
    """A tenth, in as few digits; or so many tens lower that the first step moves no tensor by more than a tenth of its size.

    first_move: by how much it moves them at rate 1, as a share of their size; 0 where that is not known
    """
    move = learning_rate * first_move / _LARGEST_FIRST_MOVE
    # What a move beyond all measure says of the rate is no number to go by.
    tens = math.ceil(math.log10(move) - 1e-9) if 0 < move < 10**_MOST_TENS else 1
    return float(f"{learning_rate / 10 ** max(tens, 1):.3g}")


def _faster(rate: float, pace: float) -> float:
    """So many tens of times as large as the pace is beneath the usual one; 0 where the setting takes none."""
    found = float(f"{rate * 10 ** round(math.log10(USUAL_PACE / pace)):.3g}")
    return found if found <= largest(TrainingSettings, "learning_rate") else 0.0
