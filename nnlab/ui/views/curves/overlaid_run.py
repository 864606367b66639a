"""A run whose curves lie under those of the present one, and what of them can be compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QColor

from nnlab.models import ModelSettings
from nnlab.models.model import ONE_PHASE, Phase
from nnlab.training.history import History

_LOSS = "model.loss"


@dataclass(frozen=True)
class Figures:
    """What the numbers of a run's curves are, in words: only equal ones can lie on one axis. "" where there are none.

    data: the name of the dataset that they were found on    energy: of what the gap between free energies is
    """

    loss: str = ""
    score: str = ""
    data: str = ""
    energy: str = ""

    def is_of_other_data(self, present: "Figures") -> bool:
        """Whether an epoch of these is another thing than one of the present run's."""
        return bool(self.data and present.data) and self.data != present.data


def figures_of(model: ModelSettings, settings: Mapping[str, Any], score: str) -> Figures:
    """Of a model by its flat settings; a loss with settings of its own is another with each of them."""
    own = [str(value) for name, value in settings.items() if name == _LOSS or name.startswith(f"{_LOSS}.")]
    kind = " ".join(own).replace("_", " ") or "loss"
    if not model.predicts_targets and model.reconstructs:
        # Of what goes in, not of what is to be predicted.
        kind += " of the input"
    titles = dict.fromkeys(phase.axis_title for phase in model.phases)
    loss = ", then ".join(title.replace("loss", kind) for title in titles)
    data = str(settings.get("dataset.source", ""))
    # Without examples that are held back there is nothing that it could be compared with.
    energy = "free energy" if model.has_energy and settings.get("dataset.validation", 1) else ""
    return Figures(loss, score if model.predicts_targets else "", data, energy)


@dataclass(frozen=True, eq=False)
class OverlaidRun:
    """A run of the store by its number, or the last one of this window, whose number is 0.

    name: what tells it from the others    title: all that is known of it, in a line
    round: 1 where another run has its colour already
    """

    number: int
    name: str
    title: str
    color: QColor
    history: History
    figures: Figures
    phases: tuple[Phase, ...] = ONE_PHASE
    round: int = 0

    @property
    def is_last(self) -> bool:
        """Whether it is the one that made way for the present one."""
        return not self.number

    @property
    def label(self) -> str:
        """What it is called where there is little room."""
        return f"{self.number:,} {self.name}".rstrip() if self.number else "last run"

    def shared_with(self, present: Figures) -> tuple[bool, bool]:
        """Whether its loss and its score are what the present run's are."""
        has_score = bool(self.figures.score)
        return self.figures.loss == present.loss, has_score and self.figures.score == present.score

    def missing(self, present: Figures) -> str:
        """In a few words what of it does not lie here; "" where all does that the present run has, too."""
        loss, score = self.shared_with(present)
        wants_score = bool(present.score)
        if loss and (score or not wants_score):
            return ""
        if loss:
            return "loss only"
        return f"{present.score} only" if score else "not comparable"

    def why_missing(self, present: Figures) -> str:
        """A sentence about that; "" where nothing is missing."""
        loss, score = self.shared_with(present)
        parts = [] if loss else [f"loss is {self.figures.loss} (here {present.loss})"]
        if present.score and not score:
            other = self.figures.score
            parts.append(f"score is {other} (here {present.score})" if other else f"model has no {present.score}")
        if not parts:
            return ""
        rest = "that is left out here" if loss or score else "its curves cannot lie here; open the run to see them"
        return f"Its {' and its '.join(parts)}: {rest}."
