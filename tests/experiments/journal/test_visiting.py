"""Going back and forth in a run of the store: at every step it is the very run that it was, as quickly as can be."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import CancelledError, RunStoreError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.stays import Stay, Stays
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.probes import look
from nnlab.training import TrainingRun
from nnlab.training.hand_edits import change_by_hand
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.experiments.journal.test_replay import KINDS, RICH
from tests.sentences import assert_one_sentence


def visited(kept: Kept, steps: list[int], most_bytes: int = 1 << 20) -> Visitor:
    """All of these steps, in this order, are as they were."""
    visitor = Visitor(kept.store, 1, dataset=kept.run.data.dataset, most_bytes=most_bytes)
    for step in steps:
        standing = visitor.at(step)
        assert standing.run.step == step
        np.testing.assert_array_equal(standing.run.model.parameters.values, kept.bare[step], err_msg=f"step {step}")
    return visitor


@pytest.mark.parametrize("name", KINDS)
def test_random_steps_are_as_they_were(name: str, tmp_path: Path):
    kept = Kept(KINDS[name], tmp_path, every=7)
    steps = [random.Random(name).randrange(kept.run.step + 1) for _ in range(20)]
    visited(kept, [*steps, 0, 1, kept.run.step, 0, kept.run.step])


@pytest.mark.parametrize("most_bytes", [0, 5_000, 1 << 30])
def test_stepping_back_one_by_one_is_exact_whatever_is_kept_in_memory(most_bytes: int, tmp_path: Path):
    kept = Kept(RICH, tmp_path, every=1000)
    visited(kept, list(range(kept.run.step, -1, -1)), most_bytes)


def test_stepping_back_replays_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = Kept(replace(SMALL, training=replace(SMALL.training, epochs=50)), tmp_path, every=100_000)
    for snapshot in kept.store.snapshots(1)[1:-1]:
        kept.store.drop_snapshots(1, [snapshot.step])
    made = []
    step = TrainingRun.__next__
    monkeypatch.setattr(TrainingRun, "__next__", lambda run: made.append(run.step) or step(run))
    visitor = visited(kept, [200])
    made.clear()
    for at in range(199, 99, -1):
        np.testing.assert_array_equal(visitor.at(at).run.model.parameters.values, kept.bare[at])
    assert len(made) < 100 * 8


def test_the_gradient_of_the_step_that_led_there_is_there(tmp_path: Path):
    """Distributions and the Inspector tell of it, also where a snapshot lies at that very step."""
    kept = Kept(SMALL, tmp_path)
    visitor = Visitor(kept.store, 1)
    for step in (3, 4, 7, 5):
        bare = assemble(SMALL, [])
        for _ in range(step):
            next(bare)
        run = visitor.at(step).run
        np.testing.assert_array_equal(run.model.parameters.gradient, bare.model.parameters.gradient)
        for tensor in run.model.parameters.shapes:
            np.testing.assert_array_equal(run.last_update(tensor), bare.last_update(tensor))
        ours, theirs = look(run, "distributions").value, look(bare, "distributions").value
        np.testing.assert_array_equal(ours.ratio, theirs.ratio)


def test_the_evaluation_is_of_the_step_that_is_seen(tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    visitor = Visitor(kept.store, 1)
    for step in (8, 6, 7, 4, 5):
        answer = look(visitor.at(step).run, "confusion")
        assert answer.value.found.step == step


def edit(run: TrainingRun, recorder: Recorder) -> None:
    change_by_hand(run, "dense1.weight", (0, 1), 0.75)


def lower_rate(run: TrainingRun, recorder: Recorder) -> None:
    run.settings = replace(run.settings, learning_rate=run.settings.learning_rate / 2)
    recorder.experiment = replace(recorder.experiment, training=run.settings)


def test_settings_and_edits_are_as_they_were_then(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, {3: edit, 5: lower_rate}, every=2)
    visitor = visited(kept, [8, 2, 6, 3, 4, 7, 0, 3, 5])
    rates = {step: visitor.at(step).experiment.training.learning_rate for step in (8, 4, 2, 6)}
    assert rates == {8: 0.05, 4: 0.1, 2: 0.1, 6: 0.05}
    assert [len(visitor.at(step).run.events) for step in (2, 3, 5, 0)] == [0, 1, 2, 0]
    assert [len(visitor.at(step).later) for step in (2, 3, 5, 0)] == [2, 1, 0, 2]
    assert visitor.at(3).run.edited
    assert not visitor.at(4).run.edited


def trained_on(folder: Path, experiment: Experiment) -> tuple[JournalWriter, TrainingRun, Recorder]:
    writer = JournalWriter(folder, lambda sentence: None)
    run = assemble(experiment, [])
    return writer, run, Recorder(writer, run, experiment)


def test_a_run_that_is_trained_meanwhile_is_followed(tmp_path: Path):
    writer, run, recorder = trained_on(tmp_path, replace(SMALL, training=replace(SMALL.training, epochs=10)))
    bare = {0: run.model.parameters.values.copy()}
    writer.flush()
    visitor = Visitor(open_store(tmp_path)[0], 1)
    for step in run:
        recorder.add(step, 0.0)
        bare[step.number] = run.model.parameters.values.copy()
        writer.flush()
        there = visitor.at(run.step - step.number % 3).run
        np.testing.assert_array_equal(there.model.parameters.values, bare[there.step])
        assert there.step <= run.step
    recorder.record(0.0)
    writer.close()
    assert visitor.at(10**9).run.step == run.step


def test_an_edit_of_the_step_that_is_seen_is_seen(tmp_path: Path):
    writer, run, recorder = trained_on(tmp_path, SMALL)
    for step in run:
        recorder.add(step, 0.0)
        if step.number == 3:
            break
    recorder.record(0.0)
    writer.flush()
    visitor = Visitor(open_store(tmp_path)[0], 1)
    visitor.at(2)
    assert not visitor.at(3).run.edited
    for value in (0.5, 0.25):
        change_by_hand(run, "dense1.weight", (0, 1), value)
        recorder.record(0.0)
        writer.flush()
        assert visitor.at(3).run.model.parameters.view("dense1.weight")[0, 1] == value
        assert visitor.at(3).run.edited
        assert not visitor.at(2).run.edited
    writer.close()


def test_a_run_that_went_back_is_another_from_there_on(tmp_path: Path):
    """As after a divergence: what was kept of the steps that were undone is of no use."""
    writer, run, recorder = trained_on(tmp_path, SMALL)
    for step in run:
        recorder.add(step, 0.0)
        if step.number == 4:
            kept = run.checkpoint.copy()
        if step.number == 7:
            break
    recorder.record(0.0)
    writer.flush()
    visitor = Visitor(open_store(tmp_path)[0], 1)
    for step in (6, 7, 5):
        visitor.at(step)
    run.restore(kept)
    change_by_hand(run, "dense1.weight", (0, 1), 2.0)
    recorder.record(0.0)
    bare = {}
    for step in run:
        recorder.add(step, 0.0)
        bare[step.number] = run.model.parameters.values.copy()
    bare[run.step] = run.model.parameters.values.copy()
    recorder.record(0.0)
    writer.close()
    for step in (5, 6, 7, 5, 8):
        np.testing.assert_array_equal(visitor.at(step).run.model.parameters.values, bare[step])


def test_a_visit_that_is_given_up_leaves_the_visitor_whole(tmp_path: Path):
    kept = Kept(RICH, tmp_path, every=1000)
    visitor = visited(kept, [2])

    def give_up(what: str, share: float) -> None:
        assert 0 <= share < 1
        if share > 0.5:
            raise CancelledError("given up")

    with pytest.raises(CancelledError):
        visitor.at(kept.run.step - 1, give_up)
    for step in (kept.run.step - 2, 3, kept.run.step - 1):
        np.testing.assert_array_equal(visitor.at(step).run.model.parameters.values, kept.bare[step])


def test_a_damaged_snapshot_is_gone_around(tmp_path: Path):
    kept = Kept(SMALL, tmp_path, every=2)
    for snapshot in kept.store.snapshots(1)[1:3]:
        kept.store.snapshot_path(1, snapshot.step).write_bytes(b"nothing")
    visited(kept, [5, 3, 4, 8])


def test_other_data_is_refused_in_a_sentence(tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    other = replace(SMALL, dataset=replace(SMALL.dataset, source=replace(SMALL.dataset.source, samples=44)))
    with pytest.raises(RunStoreError) as caught:
        Visitor(kept.store, 1, dataset=assemble(other, []).data.dataset)
    assert_one_sentence(caught.value, "learned from other data")


def test_a_run_out_of_a_file_whose_first_snapshot_is_gone_is_told_of(tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    kept.store.drop_snapshots(1, [snapshot.step for snapshot in kept.store.snapshots(1)])
    visited(kept, [3, 7])
    kept.store.update(1, facts='{"first_step": 2, "score": "accuracy"}')
    with pytest.raises(RunStoreError) as caught:
        Visitor(kept.store, 1).at(3)
    assert_one_sentence(caught.value, "snapshots are gone or damaged")


def test_states_in_memory_lie_dense_around_where_one_is_and_apart_elsewhere():
    run = assemble(replace(SMALL, training=replace(SMALL.training, epochs=250)), [])
    sizes = [run.model.parameters.size * run.model.parameters.values.itemsize, run.model.buffers.values.nbytes]
    stays = Stays(60 * 4 * sum(sizes))
    made = [Stay(run.checkpoint.copy(), SMALL)]
    for _ in run:
        if run.step <= 1000:
            made.append(Stay(run.checkpoint.copy(), SMALL))
    for here in (1000, 503):
        for stay in made[: here + 1]:
            stays.add(stay)
            stays.thin(here, [0, 1000])
        steps = [step for step in range(here + 1) if step in stays]
        assert 30 < len(steps) < 200
        assert here in steps
        assert steps[-1] - steps[-2] <= 16 < max(np.diff(steps)) < 1000 / 12
