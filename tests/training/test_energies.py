"""At the end of each epoch a Boltzmann machine's free energies are told, as an enumeration of its hidden states has them."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.datasets.split import spread
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.models.arrays import Array
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import EpochEnd, TrainingSettings, loop
from nnlab.training.energies import ENERGY_COLUMNS, energies_of
from nnlab.training.history import History
from tests.experiments.cases import SMALL

LEARNING = TrainingSettings(optimizer="sgd", learning_rate=0.1, batch_size=50, epochs=3, keep="last")
MACHINE = Experiment("machine", DatasetSettings(), RBMSettings(hidden=6), LEARNING)
GAUSSIAN = replace(
    MACHINE, dataset=replace(MACHINE.dataset, scaling="standard"), model=RBMSettings(hidden=6, visible_units="gaussian")
)


def enumerated(rbm: RBM, v: Array) -> float:
    """The mean of -ln sum_h exp(-E(v, h)), over all hidden states, in float64."""
    v, w, a, b = (each.astype(np.float64) for each in (v.reshape(len(v), -1), rbm.weight, rbm.visible_bias, rbm.hidden_bias))
    h = np.array(list(product((0.0, 1.0), repeat=rbm.hidden)))
    own = -0.5 * np.square(v - a).sum(axis=1) if rbm.settings.is_gaussian else v @ a
    negative = own[:, None] + (h @ b)[None, :] + v @ w @ h.T
    top = negative.max(axis=1)
    return float(-(top + np.log(np.exp(negative - top[:, None]).sum(axis=1))).mean())


@pytest.mark.parametrize("experiment", [MACHINE, GAUSSIAN], ids=["binary", "gaussian"])
def test_they_are_those_of_an_enumeration_at_the_end_of_each_epoch(experiment: Experiment):
    run, history, seen = assemble(experiment, []), History(), 0
    for step in run:
        history.extend([step])
        if step.epoch_end is None:
            continue
        assert step.epoch_end.energies is not None and isinstance(run.model, RBM)
        split, seen = run.data.split, seen + 1
        parts = (spread(split.train, len(split.validation)), split.validation)
        told = [energies.mean for energies in step.epoch_end.energies]
        exact = [enumerated(run.model, run.data.learning.gather(part)[0]) for part in parts]
        assert told == pytest.approx(exact, rel=1e-5)
        row = [history.energies[name].last for name in ENERGY_COLUMNS]
        assert row == pytest.approx([step.number, seen, *exact], rel=1e-5)
    assert seen == 3 and len(history.energies["step"]) == 3


def test_no_more_of_each_part_than_are_wanted_and_as_many_of_both():
    run = assemble(MACHINE, [])
    found = energies_of(run.model, run.data, most=40)
    assert found is not None and [energies.total for energies in found] == [40, 40]


def test_without_validation_those_of_training_examples_are_told_alone():
    run = assemble(replace(MACHINE, dataset=replace(MACHINE.dataset, validation=0.0)), [])
    (end,) = [step.epoch_end for step, _ in zip(run, range(run.batches), strict=False) if step.epoch_end]
    assert end.energies is not None
    assert math.isfinite(end.energies[0].mean) and math.isnan(end.energies[1].mean)


def test_a_machine_that_overflowed_has_none_that_could_be_drawn():
    run = assemble(MACHINE, [])
    run.model.parameters.values[:] = 3e38
    with np.errstate(over="ignore", invalid="ignore"):
        found = energies_of(run.model, run.data)
    assert found is not None and math.isnan(found[0].mean)


def test_other_models_have_none():
    run, history = assemble(SMALL, []), History()
    history.extend(list(run))
    assert len(history.epochs["step"]) > 0 and len(history.energies["step"]) == 0
    assert run.best is not None and run.best.energies is None


@pytest.mark.parametrize("persistent", [False, True])
def test_telling_them_changes_no_bit_of_the_parameters(persistent: bool, monkeypatch: pytest.MonkeyPatch):
    machine = replace(MACHINE, model=replace(MACHINE.model, persistent=persistent))
    told, untold = assemble(machine, []), assemble(machine, [])
    list(told)
    with monkeypatch.context() as before:
        before.setattr(loop, "energies_of", lambda model, data: None)
        ends = [step.epoch_end for step in untold if step.epoch_end]
    assert all(isinstance(end, EpochEnd) and end.energies is None for end in ends)
    assert told.model.parameters.values.tobytes() == untold.model.parameters.values.tobytes()
    assert told.model.buffers.values.tobytes() == untold.model.buffers.values.tobytes()


def test_a_run_that_went_back_tells_later_epochs_again():
    run, history = assemble(MACHINE, []), History()
    history.extend(list(run))
    history.forget_after(run.batches + 1)
    assert history.energies["epoch"].values.tolist() == [1]
    assert (
        history.copy().energies["train_free_energy"].values.tolist() == history.energies["train_free_energy"].values.tolist()
    )
