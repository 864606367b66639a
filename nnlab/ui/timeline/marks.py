"""What a run's past has to be found again by: ends of epochs, the best one, what was done by hand, where it was stopped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.errors import NnlabError
from nnlab.experiments.changes import change_words, changes, parameter_words
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.learned import changed_by
from nnlab.training.events import Event, ParameterEdit, SettingsChange, Stop, WeightsImport
from nnlab.training.history import History
from nnlab.words import figure


@dataclass(frozen=True)
class Mark:
    """A step, what kind of thing it stands for (a row of KINDS), and what is said of it."""

    step: int
    kind: str
    words: str


# The colour of a theme that each is drawn in, and its shape; those that come later lie on top.
KINDS: dict[str, tuple[str, str]] = {
    "epoch": ("border", "tick"),
    "settings": ("accent", "triangle"),
    "edit": ("accent", "diamond"),
    "stop": ("danger", "square"),
    "best": ("star", "star"),
}

# Those that stand for something that a person did to the run.
BY_HAND = ("settings", "edit")


def marks_of(history: History, events: Sequence[Event], experiment: Experiment | None) -> tuple[Mark, ...]:
    """All of them, in the order in which they are drawn. The experiment is the present one."""
    found = [*_epochs(history), *_of_events(events, experiment)]
    kinds = list(KINDS)
    return tuple(sorted(found, key=lambda mark: (kinds.index(mark.kind), mark.step)))


def marks_near(marks: Sequence[Mark], step: float, reach: float) -> tuple[Mark, ...]:
    """Those that lie within so many steps of one; of a kind only the nearest."""
    nearest: dict[str, Mark] = {}
    for mark in marks:
        distance = abs(mark.step - step)
        if distance <= reach and (mark.kind not in nearest or distance < abs(nearest[mark.kind].step - step)):
            nearest[mark.kind] = mark
    return tuple(nearest.values())


def _epochs(history: History) -> Iterator[Mark]:
    ends = history.epochs["step"].values
    # Of a very long run several epochs are one row, whose step is the mean of theirs.
    numbers = history.epochs["epoch"].values
    for step, epoch in zip(ends.tolist(), numbers.tolist(), strict=True):
        yield Mark(round(step), "epoch", f"the end of epoch {epoch:,.0f}")
    best = history.best
    if best and np.isfinite(best["step"]):
        loss = best["validation_loss"]
        how = f", validation loss {figure(loss)}" if np.isfinite(loss) else ""
        yield Mark(round(best["step"]), "best", f"the best epoch so far, {best['epoch']:,.0f}{how}")


def _of_events(events: Sequence[Event], experiment: Experiment | None) -> Iterator[Mark]:
    for event in reversed(events):
        if isinstance(event, ParameterEdit):
            words = parameter_words(event.tensor, event.position, event.before, event.after)
            yield Mark(event.step, "edit", words)
        elif isinstance(event, Stop):
            yield Mark(event.step, "stop", f"stopped: {event.reason}")
        elif isinstance(event, WeightsImport):
            yield Mark(event.step, "edit", event.words)
        elif isinstance(event, SettingsChange):
            words, experiment = _of_settings(event, experiment)
            yield Mark(event.step, "settings", words)


def _of_settings(event: SettingsChange, after: Experiment | None) -> tuple[str, Experiment | None]:
    """What was changed, and the experiment before that; where that cannot be said, None."""
    words = "settings changed"
    if after is None:
        return words, None
    try:
        before = changed_by(after, SettingsChange(event.step, event.after, event.before))
        return change_words(changes(before, after)) or words, before
    except (TypeError, ValueError, LookupError, NnlabError):
        # A file may name settings that this nnlab does not have.
        return words, None
