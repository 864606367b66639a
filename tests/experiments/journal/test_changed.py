"""What the list calls a run by: what was changed in it against the one before, or the one that it is a branch of."""

from dataclasses import replace
from pathlib import Path

from nnlab.experiments.journal.changed import changed_words, settings_at
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.records import RunRecord
from nnlab.training import TrainingRun
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept


def slower(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, learning_rate=run.settings.learning_rate / 2)


def record_of(folder: Path) -> RunRecord:
    """A run whose rate was halved after 3, 6 and all of its steps."""
    kept = Kept(SMALL, folder, {3: slower, 6: slower, 8: slower})
    assert kept.run.step == 8
    return kept.store.run(1)


def test_what_was_set_in_the_other_run_after_they_part_is_no_change_of_the_branch(tmp_path: Path):
    parent = record_of(tmp_path)
    for step, rate in ((2, 0.1), (3, 0.1), (4, 0.05), (7, 0.025), (8, 0.025)):
        settings = dict(parent.settings) | {"training.learning_rate": rate}
        assert settings_at(parent, step)["training.learning_rate"] == rate
        branch = replace(parent, number=2, parent=1, parent_step=step, settings=settings)
        assert changed_words(branch, parent) == "", step


def test_what_was_set_in_the_branch_is(tmp_path: Path):
    parent = record_of(tmp_path)
    settings = dict(parent.settings) | {"training.learning_rate": 0.2}
    assert changed_words(replace(parent, number=2, parent=1, parent_step=2, settings=settings), parent) == "lr 0.1 → 0.2"
    # Another run that comes after it is told from what it had become.
    assert changed_words(replace(parent, number=2, settings=settings), parent) == "lr 0.025 → 0.2"
    assert changed_words(parent, None) == ""


def test_events_that_are_damaged_cost_nothing(tmp_path: Path):
    parent = replace(record_of(tmp_path), present="[", events=(["settings", 3, {}, {"learning_rate": 1}], 3, ["settings"]))
    assert settings_at(parent, 2) == parent.settings
