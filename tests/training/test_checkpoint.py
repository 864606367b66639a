"""Whatever is done to a run between its steps, a checkpoint holds all of it: it goes on bit for bit."""

from dataclasses import FrozenInstanceError, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.datasets import DatasetSettings
from nnlab.errors import ModelFileError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import load_model, save_model
from nnlab.models import MLPSettings
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.models.regularizers import L2
from nnlab.training import TrainingRun
from nnlab.training.events import ParameterEdit, SettingsChange
from nnlab.training.hand_edits import change_by_hand
from tests.models.small_runs import digits_data, digits_run
from tests.sentences import assert_one_sentence
from tests.training.runs import assert_same, toy_data, toy_run

MODELS: dict[str, ModelSettings] = {
    "mlp": MLPSettings((Dense(8), BatchNorm(), LAYERS["relu"](), Dropout(0.3), Dense(10), LAYERS["softmax"]())),
    "persistent rbm": RBMSettings(hidden=8, persistent=True, chains=10),
    # Eight steps an epoch: its first layer is learned in eight, its second in eight more.
    "deep belief": DeepBeliefSettings((8, 4), pretrain_epochs=1),
}
DATA = digits_data()


def begun(name: str) -> TrainingRun:
    return digits_run(MODELS[name], DATA, epochs=6, optimizer="momentum", learning_rate=0.02)


def restored(run: TrainingRun, name: str) -> TrainingRun:
    """A fresh run of the same experiment that goes on from the checkpoint."""
    fresh = TrainingRun(begun(name).model, DATA, run.settings)
    fresh.restore(run.checkpoint.copy())
    return fresh


def saved_and_opened(run: TrainingRun, name: str) -> TrainingRun:
    experiment = Experiment(name, DatasetSettings(), MODELS[name], run.settings)
    fresh = TrainingRun(begun(name).model, DATA, run.settings)
    with TemporaryDirectory() as folder:
        save_model(Path(folder) / "model.safetensors", run, experiment, {})
        load_model(Path(folder) / "model.safetensors").continue_in(fresh)
    return fresh


# What makes no difference to how a run goes on.
DETOURS = {
    "restore": restored,
    "replica": lambda run, name: run.replica(),
    "save and open": saved_and_opened,
}
ACTS = st.one_of(
    st.tuples(st.just("step"), st.integers(1, 9)),
    st.tuples(st.just("rate"), st.sampled_from([0.001, 0.01, 0.05])),
    st.tuples(st.just("edit"), st.floats(-1, 1, width=32)),
    *[st.tuples(st.just(detour), st.none()) for detour in DETOURS],
)


def act(run: TrainingRun, what: str, value: float) -> None:
    if what == "step":
        list(islice(run, value))
    elif what == "rate":
        run.settings = replace(run.settings, learning_rate=value)
    elif what == "edit":
        tensor, shape = next(iter(run.model.parameters.shapes.items()))
        change_by_hand(run, tensor, (0,) * len(shape), value)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
@given(acts=st.lists(ACTS, max_size=8))
@settings(max_examples=25)
def test_a_run_that_takes_detours_ends_where_the_straight_one_does(name: str, acts: list[tuple[str, float]]):
    straight, winding = begun(name), begun(name)
    for what, value in acts:
        act(straight, what, value)
        if what in DETOURS:
            winding = DETOURS[what](winding, name)
        else:
            act(winding, what, value)
    assert_same(winding.checkpoint, straight.checkpoint)
    list(islice(straight, 3))
    list(islice(winding, 3))
    assert_same(winding.checkpoint, straight.checkpoint)


def test_a_copy_outlasts_the_steps_that_follow_and_leads_back():
    run = toy_run()
    list(islice(run, 5))
    kept, before = run.checkpoint.copy(), run.model.parameters.values.copy()
    list(run)
    np.testing.assert_array_equal(kept.numbers.parameters, before)
    run.restore(kept)
    assert run.step == 5
    straight = toy_run()
    list(straight)
    list(run)
    assert_same(run.checkpoint, straight.checkpoint)


@pytest.mark.parametrize("name", MODELS)
# A stack's second layer begins with step 8.
@pytest.mark.parametrize("steps", [0, 8, 12])
def test_a_run_that_is_put_back_makes_the_same_steps_again(name: str, steps: int):
    run = begun(name)
    list(islice(run, steps))
    kept = run.checkpoint.copy()
    first = [step.loss for step in islice(run, 20)]
    ended = run.checkpoint.copy()
    run.restore(kept)
    assert [step.loss for step in islice(run, 20)] == first
    assert_same(run.checkpoint, ended)


# Ten steps an epoch. After 71 it stands at example 10, and would go back to example 40 if it diverged.
@pytest.mark.parametrize(("steps", "examples"), [(78, 80), (71, 30)])
def test_a_run_does_not_go_on_in_data_that_ends_before_where_it_stands_or_would_go_back_to(steps: int, examples: int):
    run = toy_run(toy_data(100, 0.0), batch_size=10, epochs=9)
    list(islice(run, steps))
    with pytest.raises(ModelFileError) as caught:
        toy_run(toy_data(examples, 0.0), batch_size=10, epochs=9).restore(run.checkpoint)
    assert_one_sentence(caught.value, f"the data has {examples}")


def test_a_copy_knows_the_last_step_and_a_run_that_is_put_back_does_not():
    run = toy_run(optimizer="adamw")
    list(islice(run, 5))
    copy, kept = run.replica(), run.checkpoint.copy()
    assert copy.has_stepped
    np.testing.assert_array_equal(copy.model.parameters.gradient, run.model.parameters.gradient)
    np.testing.assert_array_equal(copy.last_update("dense1.weight"), run.last_update("dense1.weight"))
    next(run)
    run.restore(kept)
    assert not run.has_stepped


def test_nobody_can_write_into_a_checkpoint():
    run = toy_run()
    next(run)
    for checkpoint in (run.checkpoint, run.checkpoint.copy()):
        for vector in (
            checkpoint.numbers.parameters,
            checkpoint.fallback.numbers.parameters,
            checkpoint.vectors["velocity"],
        ):
            with pytest.raises(ValueError, match="read-only"):
                vector[0] = 1
        with pytest.raises(FrozenInstanceError):
            checkpoint.kept_epoch = 3


def test_a_branch_learns_on_with_other_settings_and_leaves_the_run_alone():
    run = toy_run(epochs=6)
    list(islice(run, 7))
    branch = run.replica()
    branch.settings = replace(branch.settings, learning_rate=0.5)
    list(branch)
    straight = toy_run(epochs=6)
    list(straight)
    list(run)
    assert_same(run.checkpoint, straight.checkpoint)
    assert not np.array_equal(branch.model.parameters.values, run.model.parameters.values)
    assert [type(event) for event in branch.events] == [SettingsChange] and not run.events


def test_what_is_done_by_hand_is_written_down_with_its_step_and_what_was_before():
    run = toy_run()
    run.settings = replace(run.settings, learning_rate=0.2)  # before the first step it is how the run begins
    list(islice(run, 3))
    run.settings = replace(run.settings, learning_rate=0.1)
    run.settings = replace(run.settings, learning_rate=0.01, penalty=L2(0.5))
    before = float(run.model.parameters.view("dense1.bias")[2])
    change_by_hand(run, "dense1.bias", (2,), 0.25)
    change_by_hand(run, "dense1.bias", (2,), 0.5)
    change, edit = run.events
    assert change == SettingsChange(
        3, {"learning_rate": 0.2, "penalty": "none"}, {"learning_rate": 0.01, "penalty": {"kind": "l2", "l2": 0.5}}
    )
    assert edit == ParameterEdit(3, "dense1.bias", (2,), before, 0.5)
