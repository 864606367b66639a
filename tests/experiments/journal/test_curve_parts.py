"""A history is written in parts that are added, and read again as the same history, however long it was."""

import csv
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import RunStoreError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.curve_parts import CurvePart, CurveParts, history_of
from nnlab.experiments.journal.exporting import export_run
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingSettings
from nnlab.training.history import MOST_ROWS, History
from nnlab.training.step import Step
from tests.experiments.journal.kept import Kept

LEARNING = TrainingSettings(optimizer="sgd", learning_rate=0.1, batch_size=400, epochs=3, keep="last")
MACHINE = Experiment("machine", DatasetSettings(), RBMSettings(hidden=5), LEARNING)


def steps(first: int, count: int) -> list[Step]:
    return [Step(number, 1, 1, 1, 8, 1 / number, 0.5, 0.1, None) for number in range(first, first + count)]


class Table:
    """What the store does with parts."""

    def __init__(self) -> None:
        self.parts: list[CurvePart] = []
        self.most = 0

    def add(self, parts: list[CurvePart]) -> None:
        for part in parts:
            self.parts = [one for one in self.parts if one.name != part.name or one.first < part.first] + [part]
        self.most = max(self.most, len(self.parts))


def test_an_hour_of_parts_is_read_at_once_and_is_the_same_history():
    history, parts, table, number = History(), CurveParts(), Table(), 0
    for second in range(3000):
        history.extend(steps(number + 1, 30))
        number += 30
        history.note_time(number, second)
        table.add(parts.new_of(history))
    assert history.stride > 1
    found = history_of(table.parts, number, "accuracy")
    for name in history.steps:
        np.testing.assert_array_equal(found.steps[name].values, history.steps[name].values)
    # Two tables grew: each in a few parts, of which none is read twice.
    assert table.most <= 2 * 129


def test_of_a_run_that_went_back_the_last_rows_are_others():
    history, parts, table = History(), CurveParts(), Table()
    for first in (1, 11, 21):
        history.extend(steps(first, 10))
        table.add(parts.new_of(history))
    history.forget_after(14)
    history.extend(steps(15, 3))
    parts.begin_anew()
    table.add(parts.new_of(history))
    assert history_of(table.parts, 17, "accuracy").steps["step"].values.tolist() == list(range(1, 18))


@pytest.mark.parametrize(
    "parts",
    [
        [CurvePart("steps", 3, 1, np.zeros(5))],
        [CurvePart("steps", -1, 1, np.zeros(5))],
        [CurvePart("steps", 1 << 40, 1, np.zeros(5))],
        [CurvePart("steps", 0, 1, np.zeros(7))],
        [CurvePart("steps", 0, 0, np.zeros(5))],
        [CurvePart("steps", 0, 1, np.zeros(5)), CurvePart("steps", 2, 1, np.zeros(5))],
        [CurvePart("steps", 0, 1, np.zeros(5 * (MOST_ROWS + 1)))],
    ],
)
def test_parts_that_make_no_sense_are_refused(parts: list[CurvePart]):
    with pytest.raises(RunStoreError, match="make no sense"):
        history_of(parts, 10, "accuracy")


def test_a_machines_free_energies_are_kept_beside_its_epochs_and_exported(tmp_path: Path):
    kept = Kept(MACHINE, tmp_path / "runs")
    record = kept.store.run(1)
    found = history_of(kept.store.curves(1), record.step, record.score)
    told = found.energies["validation_free_energy"].values
    assert found.energies["epoch"].values.tolist() == [1, 2, 3] and np.isfinite(told).all()
    assert record.figures["validation_free_energy"] == told[-1]
    # A store of before they were kept has no such parts.
    earlier = [part for part in kept.store.curves(1) if part.name != "energies"]
    assert len(history_of(earlier, record.step, record.score).energies["step"]) == 0
    export_run(kept.store, 1, tmp_path / "curves.csv")
    head, *rows = csv.reader((tmp_path / "curves.csv").read_text().splitlines())
    assert head[-2:] == ["train_free_energy", "validation_free_energy"]
    assert [float(row[-1]) for row in rows if row[-1]] == told.tolist()
