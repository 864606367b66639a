"""Any step of a run comes again, to the last bit: of every kind of model, optimizer and schedule, with hands in between."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import CancelledError, OutOfMemoryError, RunStoreError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless_training import finish
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.resuming import resumed_run
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.thinning import superfluous
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.models import MODELS, MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.schedules import SCHEDULES
from nnlab.training import TrainingRun
from nnlab.training.hand_edits import change_by_hand
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.sentences import assert_one_sentence
from tests.targets import numbered

# Dropout, batch norm's statistics and the best epoch: everything that a snapshot has to hold.
RICH = replace(
    SMALL,
    model=MLPSettings((Dense(6), LAYERS["batch_norm"](), LAYERS["dropout"](), Dense(2), LAYERS["softmax"]())),
    training=replace(SMALL.training, epochs=6, patience=3),
)
DIGITS = DatasetSettings("digits", examples=64)


def trained(model: object, **training: object) -> Experiment:
    return Experiment("Kept", DIGITS, model, replace(SMALL.training, batch_size=16, epochs=3, **training))


def kinds() -> dict[str, Experiment]:
    found = {f"optimizer {name}": replace(RICH, training=replace(RICH.training, optimizer=name)) for name in OPTIMIZERS}
    found |= {f"schedule {name}": replace(RICH, training=replace(RICH.training, schedule=name)) for name in SCHEDULES}
    small = {"rbm": {"hidden": 8}, "deep_belief": {"hidden": (8, 4), "pretrain_epochs": 1}}
    for name, model in MODELS.items():
        found[f"model {name}"] = trained(model(**small.get(name, {})).with_fitting_outputs((8, 8, 1), numbered(10)))
    found["PCD"] = trained(MODELS["rbm"](hidden=8, persistent=True, chains=10))
    found["augmented"] = replace(trained(MODELS["mlp"]()), dataset=replace(DIGITS, shift=1, jitter=0.1))
    return found


KINDS = kinds()


def check(kept: Kept, steps: range) -> None:
    record = kept.store.run(1)
    assert kept.said == []
    for step in steps:
        standing = run_at(kept.store, record, step, [], dataset=kept.run.data.dataset)
        np.testing.assert_array_equal(standing.run.model.parameters.values, kept.bare[step], err_msg=f"step {step}")
        assert standing.run.step == step


@pytest.mark.parametrize("name", KINDS)
def test_every_step_comes_again(name: str, tmp_path: Path):
    kept = Kept(KINDS[name], tmp_path, every=5)
    assert 2 < len(kept.store.snapshots(1)) < kept.run.step
    check(kept, range(0, kept.run.step + 1, 2))


def lower_rate(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, learning_rate=run.settings.learning_rate / 2, batch_size=5)


def edit(run: TrainingRun, recorder: Recorder) -> None:
    change_by_hand(run, "dense1.weight", (0, 1), 0.75)


def train_on(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, epochs=8, patience=0)


def less_dropout(run: TrainingRun, recorder: Recorder) -> None:
    layers = tuple(
        replace(layer, rate=0.1) if layer.kind == "dropout" else layer for layer in recorder.experiment.model.layers
    )
    changed = replace(recorder.experiment.model, layers=layers)
    run.change_model(recorder.experiment.model, changed)
    recorder.experiment = replace(recorder.experiment, model=changed)


@pytest.mark.parametrize("every", [1, 4, 1000])
def test_what_was_done_by_hand_is_done_again(every: int, tmp_path: Path):
    acts = {3: edit, 6: lower_rate, 9: less_dropout, 12: edit, 14: train_on}
    kept = Kept(RICH, tmp_path, acts, every=every)
    assert kept.run.epoch == 8
    assert [event.step for event in kept.run.events] == [3, 6, 9, 12, 14]
    if every > 1:
        # Of the snapshots that acts made only every third is left, so that most are replayed over.
        kept.store.drop_snapshots(1, [one.step for one in kept.store.snapshots(1) if one.step % 3 and not one.is_pinned])
    check(kept, range(kept.run.step + 1))


def test_the_experiment_is_the_one_of_that_step_and_what_came_later_is_told(tmp_path: Path):
    kept = Kept(RICH, tmp_path, {6: lower_rate})
    record = kept.store.run(1)
    before, after = (run_at(kept.store, record, step, []) for step in (5, 6))
    assert before.experiment.training.learning_rate == 0.1
    assert [event.step for event in before.later] == [6]
    assert after.experiment.training.learning_rate == after.run.settings.learning_rate == 0.05
    assert after.later == ()
    assert record.present_experiment().training.batch_size == 5
    assert record.first_experiment() == RICH


def test_without_snapshots_a_run_is_trained_again_from_its_experiment(tmp_path: Path):
    kept = Kept(RICH, tmp_path, {3: edit})
    kept.store.drop_snapshots(1, [snapshot.step for snapshot in kept.store.snapshots(1)])
    check(kept, range(0, 20, 3))


def trained_on(tmp_path: Path) -> tuple[Kept, int]:
    """A run that put its best epoch back at its end, and then went on from there; and the step of that end."""
    kept = Kept(replace(RICH, training=replace(RICH.training, learning_rate=1.0)), tmp_path)
    assert 0 < kept.run.kept_epoch < kept.run.epoch
    writer = JournalWriter(tmp_path, kept.said.append)
    work = resumed_run(kept.store, 1, [], ["training.epochs=9", "training.patience=0", "training.keep=last"])
    finish(work, tmp_path, 1, journal=writer)
    writer.close()
    return kept, kept.run.step


def test_a_run_that_trained_on_from_its_best_epoch_comes_again_from_the_few_snapshots_that_are_left(tmp_path: Path):
    kept, end = trained_on(tmp_path)
    record = kept.store.run(1)
    assert record.step > end + 4
    steps = [end - 2, end, end + 1, record.step - 1]
    before = [run_at(kept.store, record, step, []).run.model.parameters.values for step in steps]
    kept.store.drop_snapshots(1, superfluous(kept.store.snapshots(1), 0))
    assert [one.step for one in kept.store.snapshots(1)] == [0, end, record.step]
    for step, values in zip(steps, before, strict=True):
        again = run_at(kept.store, record, step, []).run.model.parameters.values
        np.testing.assert_array_equal(again, values, err_msg=f"step {step}")


def test_where_a_run_went_back_for_lack_of_memory_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    writer = JournalWriter(tmp_path, said.append)
    run = assemble(replace(RICH, training=replace(RICH.training, epochs=60, patience=0)), [])
    recorder = Recorder(writer, run, RICH)
    for step in run:
        recorder._due = 0.0 if step.number == 64 else float("inf")
        writer.flush()
        recorder.add(step, 1.0)
        if step.number == 66:
            break

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(type(run.settings.optimizer), "update", fail)
    with pytest.raises(OutOfMemoryError, match="step 64"):
        next(run)
    recorder.record(1.0)
    writer.close()
    snapshots = open_store(tmp_path)[0].snapshots(1)
    assert said == [] and [one.step for one in snapshots if one.is_pinned] == [64]


def test_what_no_replay_leads_to_is_told_where_its_snapshot_cannot_be_read(tmp_path: Path):
    kept, end = trained_on(tmp_path)
    record = kept.store.run(1)
    kept.store.drop_snapshots(1, superfluous(kept.store.snapshots(1), 0))
    kept.store.snapshot_path(1, end).write_bytes(b"")
    run_at(kept.store, record, end - 1, [])
    with pytest.raises(RunStoreError) as caught:
        run_at(kept.store, record, end + 1, [])
    assert_one_sentence(caught.value, "run 1", f"step {end}")


@pytest.mark.parametrize("damage", ["missing", "cut", "not finite"])
def test_a_snapshot_that_cannot_be_read_is_passed_over(damage: str, tmp_path: Path):
    kept = Kept(RICH, tmp_path)
    path = kept.store.snapshot_path(1, 8)
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(content[:-30] if damage == "cut" else content[:-40] + b"\xff" * 40)
    check(kept, range(7, 10))


def test_other_data_than_it_learned_from_is_refused(tmp_path: Path):
    kept = Kept(RICH, tmp_path, steps=5)
    other = replace(RICH.dataset, source=replace(RICH.dataset.source, samples=44))
    kept.store.update(1, experiment=kept.store.run(1).experiment.replace("samples = 40", "samples = 44"))
    kept.store.drop_snapshots(1, [snapshot.step for snapshot in kept.store.snapshots(1)])
    assert other != RICH.dataset
    with pytest.raises(RunStoreError) as caught:
        run_at(kept.store, kept.store.run(1), 4, [])
    assert_one_sentence(caught.value, "run 1", "other data", "figures can be read")


def test_a_replay_says_how_far_it_is_and_can_be_cancelled(tmp_path: Path):
    kept = Kept(replace(RICH, training=replace(RICH.training, epochs=40, patience=0)), tmp_path, every=1000)
    kept.store.drop_snapshots(1, [snapshot.step for snapshot in kept.store.snapshots(1)])
    shares: list[float] = []

    def cancel(what: str, share: float) -> None:
        shares.append(share)
        if share > 0.4:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        run_at(kept.store, kept.store.run(1), kept.run.step - 1, [], cancel)
    assert shares == sorted(shares)
    assert 0.4 < shares[-1] < 0.9
