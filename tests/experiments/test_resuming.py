"""A run that is saved and opened again goes on as if it had never stopped: its steps, its best epoch, its end."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import DivergedError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.checkpoint_file import checkpoint_parts
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import load_model, parameters_sha256, save_model
from nnlab.models import MLPSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingRun
from nnlab.training.ending import DIVERGED
from tests.experiments.cases import SMALL, taken_apart, with_metadata
from tests.models.small_runs import digits_run
from tests.training.runs import assert_same

# So large a rate that the loss goes up and down; 32 examples, so four steps an epoch.
RESTLESS = replace(
    SMALL,
    model=MLPSettings((Dense(8), LAYERS["batch_norm"](), LAYERS["relu"](), Dense(2), LAYERS["softmax"]())),
    training=replace(SMALL.training, epochs=12, learning_rate=0.3, patience=4),
)


def reopened(run: TrainingRun, folder: Path, experiment: Experiment) -> TrainingRun:
    """What opening the file of a run gives."""
    experiment = replace(experiment, training=run.settings)
    save_model(folder / "model.safetensors", run, experiment, {})
    fresh = assemble(experiment, [])
    load_model(folder / "model.safetensors").continue_in(fresh)
    return fresh


def ends_of(run: TrainingRun) -> list[object]:
    """What is told at the ends of epochs, as plain values."""
    return [(step.number, step.epoch_end.is_best, step.epoch_end.state()) for step in run if step.epoch_end]


@pytest.mark.parametrize("steps", [1, 4, 7, 10, 14, 19, 24])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("held", [0.2, 0.0])
def test_resuming_ends_where_an_uninterrupted_run_does(steps: int, seed: int, held: float, tmp_path: Path):
    experiment = replace(
        RESTLESS,
        dataset=replace(RESTLESS.dataset, validation=held),
        training=replace(RESTLESS.training, seed=seed),
    )
    straight, halting = assemble(experiment, []), assemble(experiment, [])
    list(islice(straight, steps))
    list(islice(halting, steps))
    halting = reopened(halting, tmp_path, experiment)
    assert ends_of(halting) == ends_of(straight)
    assert (halting.epoch, halting.kept_epoch, halting.stopped) == (straight.epoch, straight.kept_epoch, straight.stopped)
    assert halting.best.epoch == straight.best.epoch
    assert parameters_sha256(halting.model) == parameters_sha256(straight.model)
    assert halting.model.buffers.values.tobytes() == straight.model.buffers.values.tobytes()


def test_a_finished_run_that_is_opened_still_says_which_epoch_it_keeps(tmp_path: Path):
    run = assemble(RESTLESS, [])
    list(run)
    assert 0 < run.kept_epoch < run.epoch
    again = reopened(run, tmp_path, RESTLESS)
    assert (again.kept_epoch, again.best.epoch) == (run.kept_epoch, run.best.epoch)
    np.testing.assert_array_equal(again.best.validation.confusion, run.best.validation.confusion)
    # The model has the best numbers already: they are not written twice.
    assert not [name for name in checkpoint_parts(again.checkpoint)[0] if name.startswith(("best", "good"))]
    assert next(again, None) is None
    assert parameters_sha256(again.model) == parameters_sha256(run.model)


def test_what_was_changed_after_the_end_is_not_taken_back_when_the_run_is_opened(tmp_path: Path):
    run = assemble(RESTLESS, [])
    list(run)
    run.model.parameters.values[5] = 3.25
    again = reopened(run, tmp_path, RESTLESS)
    assert next(again, None) is None
    assert again.model.parameters.values[5] == 3.25
    assert again.stopped == run.stopped


def test_a_file_of_before_the_best_epoch_was_kept_opens_and_begins_anew_with_it(tmp_path: Path):
    run, path = assemble(RESTLESS, []), tmp_path / "old.safetensors"
    list(islice(run, 10))
    save_model(path, run, RESTLESS, {})
    state = json.loads(taken_apart(path.read_bytes())[0]["__metadata__"]["state"])
    old = {name: state[name] for name in ("number", "epoch", "position", "optimizer_start", "plateau")}
    path.write_bytes(with_metadata(path.read_bytes(), state=json.dumps(old), encoder=None))
    fresh = assemble(RESTLESS, [])
    load_model(path).continue_in(fresh)
    assert (fresh.step, fresh.best, fresh.kept_epoch) == (10, None, 0)
    ends = [step.epoch_end for step in fresh if step.epoch_end]
    assert ends[0].is_best
    assert fresh.epoch > 3


@pytest.mark.parametrize("change", [{"batching": "full-batch"}, {"shuffle": False}, {"batch_size": 3}], ids=str)
def test_every_example_is_seen_once_though_the_batches_change_and_the_run_is_resumed(change, tmp_path: Path):
    run = assemble(SMALL, [])
    seen: list[int] = []

    def step(run: TrainingRun) -> None:
        # What stands as the next batch before a step is what the step takes.
        seen.extend(run.upcoming.tolist())
        next(run)

    step(run)
    run.settings = replace(run.settings, **change)
    run = reopened(run, tmp_path, SMALL)
    while run.epoch == 0:
        step(run)
    assert sorted(seen) == sorted(run.data.split.train.tolist())


def test_patience_in_a_stack_begins_with_fine_tuning_also_when_resumed_between_two_phases():
    stack = DeepBeliefSettings((12, 6), pretrain_epochs=2)
    settings = {"epochs": 12, "patience": 1, "learning_rate": 2.0, "keep": "last"}
    straight = digits_run(stack, **settings)
    list(straight)
    for steps in range(1, straight.step + 1):
        halting, fresh = digits_run(stack, **settings), digits_run(stack, **settings)
        list(islice(halting, steps))
        fresh.restore(halting.checkpoint)
        assert fresh.ending == halting.ending


UNSTEADY = replace(
    SMALL,
    model=MLPSettings((Dense(8), LAYERS["relu"](), Dense(2)), loss="mean_squared_error"),
    training=replace(SMALL.training, optimizer="momentum", learning_rate=0.01, epochs=60),
)


@pytest.mark.parametrize("held", [0.2, 0.0])
@pytest.mark.parametrize("steps", [1, 63, 64, 65, 70, 80])
def test_a_run_that_is_resumed_goes_back_to_where_an_uninterrupted_one_does_when_it_diverges(
    held: float, steps: int, tmp_path: Path
):
    experiment = replace(UNSTEADY, dataset=replace(UNSTEADY.dataset, validation=held))
    straight, halting = assemble(experiment, []), assemble(experiment, [])
    for run in (straight, halting):
        list(islice(run, steps))
    halting = reopened(halting, tmp_path, experiment)
    for run in (straight, halting):
        run.settings = replace(run.settings, learning_rate=1000.0)
        with pytest.raises(DivergedError):
            list(run)
    assert halting.divergence == straight.divergence
    assert_same(halting.checkpoint, straight.checkpoint)


def test_a_diverged_run_that_is_opened_is_still_diverged(tmp_path: Path):
    run = assemble(replace(UNSTEADY, training=replace(UNSTEADY.training, learning_rate=1000.0)), [])
    with pytest.raises(DivergedError) as caught:
        list(run)
    again = reopened(run, tmp_path, UNSTEADY)
    assert (again.stopped, again.divergence) == (DIVERGED, str(caught.value))
    assert next(again, None) is None
    assert reopened(again.replica(), tmp_path, UNSTEADY).stopped == DIVERGED


def test_a_run_goes_on_under_the_scaling_it_learned_by(tmp_path: Path):
    """Of files whose range was taken for 0 ... 255, or of data that has changed since."""
    run = assemble(SMALL, [])
    list(islice(run, 3))
    learned_by = replace(run.data.scaling, factor=run.data.scaling.factor / 4)
    run.data = run.data.rescaled(learned_by)
    opened = reopened(run, tmp_path, SMALL)
    np.testing.assert_array_equal(opened.data.scaling.factor, learned_by.factor)
    places = opened.data.split.train
    for feed, before in ((opened.data.learning, run.data.learning), (opened.data.testing, run.data.testing)):
        np.testing.assert_array_equal(feed.gather(places[:3])[0], before.gather(places[:3])[0])
    assert opened.data.scaling.words == run.data.scaling.words
