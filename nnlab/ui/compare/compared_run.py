"""A run that is compared: what the store says of it, and its colour."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QColor

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.stored_curves import StoredCurves
from nnlab.training.history import History
from nnlab.ui.theme import RUN_COLORS
from nnlab.ui.ticked import Ticked
from nnlab.words import printable


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """As it was read last; it may be trained on meanwhile."""

    stored: StoredCurves

    @property
    def record(self) -> RunRecord:
        """Its row in the store."""
        return self.stored.record

    @property
    def history(self) -> History:
        """Its figures over time."""
        return self.stored.history

    @property
    def experiment(self) -> Experiment:
        """As it is after the last step."""
        return self.stored.experiment

    @property
    def number(self) -> int:
        """In the store."""
        return self.record.number

    @property
    def standing(self) -> tuple[int, str, int, float, str]:
        """What tells whether it has gone on, or been called otherwise."""
        record = self.record
        return record.number, record.name, record.step, record.seconds, record.ending

    @property
    def title(self) -> str:
        """Its number and its name."""
        return f"run {self.number:,} · {printable(self.record.name)}"


def colors_of(numbers: Sequence[int], ticked: Ticked) -> dict[int, QColor]:
    """Those that runs have in Curves where they are ticked; of the others the first that are left."""
    found = {number: ticked.color_of(number) for number in numbers}
    taken = {color.name().upper() for color in found.values() if color.isValid()}
    left = [color for color in RUN_COLORS if color.upper() not in taken] or list(RUN_COLORS)
    others = [number for number, color in found.items() if not color.isValid()]
    return found | {number: QColor(left[place % len(left)]) for place, number in enumerate(others)}
