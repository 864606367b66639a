"""The places between which a person's edits lead, and what an edit is called: "learning rate 0.1 to 0.01"."""

from dataclasses import dataclass, replace

from nnlab.experiments.changes import change_words, changes, parameter_words
from nnlab.experiments.experiment import Experiment
from nnlab.ui.fit import NO_FIT, Fit
from nnlab.ui.messages import ParameterChange
from nnlab.words import shown

_LONGEST = 60


@dataclass(frozen=True)
class Place:
    """The experiment as it was, the name of the run that there was with it, how its model had been fitted, and with what
    that run began, where that is not what its seed draws. brings_back: what lies between it and the next place is that a run
    was brought back.
    """

    experiment: Experiment
    run: int
    fit: Fit = NO_FIT
    begun: str = ""
    brings_back: bool = False

    @property
    def as_chosen(self) -> Experiment:
        """The experiment without what the program changed of the model so that it fits the data."""
        return replace(self.experiment, model=self.fit.taken_back(self.experiment.model))


@dataclass(frozen=True)
class Deletion:
    """Kept runs were taken off the list."""

    runs: tuple[int, ...]

    @property
    def words(self) -> str:
        """delete 3 runs"""
        return f"delete run {self.runs[0]:,}" if len(self.runs) == 1 else f"delete {len(self.runs):,} runs"


# What an edit leaves behind: the place on the other side of it, or what it was where that is none of the experiment's.
Edited = Place | ParameterChange | Deletion


def entry_words(before: Edited, after: Edited) -> str:
    """What leads from one to the other, of which one at least is a place. Not long, and never nothing."""
    deletion = next((entry for entry in (before, after) if isinstance(entry, Deletion)), None)
    if deletion is not None:
        return deletion.words
    change = next((entry for entry in (before, after) if isinstance(entry, ParameterChange)), None)
    if change is not None:
        words = parameter_words(change.tensor, change.position, change.before, change.value)
        return shown(words, _LONGEST)
    assert isinstance(before, Place) and isinstance(after, Place)
    if before.brings_back or after.brings_back:
        return "bring back a run"
    # A name that follows the data is not what was changed.
    chosen = replace(after.as_chosen, name=before.experiment.name)
    found = changes(before.as_chosen, chosen) or changes(before.experiment, after.experiment)
    return shown(change_words(found) or after.begun, _LONGEST) or "reset"
