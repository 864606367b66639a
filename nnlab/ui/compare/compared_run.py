"""A run that is compared: what the store says of it, and its colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColor

from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.training.history import History
from nnlab.ui.theme import RUN_COLORS
from nnlab.ui.ticked import Ticked
from nnlab.words import printable


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """As it was read last; it may be trained on meanwhile."""

    record: RunRecord
    history: History

    @property
    def number(self) -> int:
        """In the store."""
        return self.record.number

    @property
    def title(self) -> str:
        """Its number and its name."""
        return f"run {self.number:,} · {printable(self.record.name)}"


def read_runs(folder: Path, numbers: Sequence[int]) -> tuple[ComparedRun, ...]:
    """Out of the store, on whatever thread. Raises RunStoreError where one of them is not there any more."""
    store = RunStore(folder)
    try:
        records = [store.run(number) for number in numbers]
        return tuple(
            ComparedRun(record, history_of(store.curves(record.number), record.step, record.score)) for record in records
        )
    finally:
        store.close()


def colors_of(numbers: Sequence[int], ticked: Ticked) -> dict[int, QColor]:
    """Those that runs have in Curves where they are ticked; of the others the first that are left."""
    found = {number: ticked.color_of(number) for number in numbers}
    taken = {color.name().upper() for color in found.values() if color.isValid()}
    left = [color for color in RUN_COLORS if color.upper() not in taken] or list(RUN_COLORS)
    others = [number for number, color in found.items() if not color.isValid()]
    return found | {number: QColor(left[place % len(left)]) for place, number in enumerate(others)}
