"""Figures over thousands of examples, beside all examples and conditionals; and a survey that takes a portion per look."""

import numpy as np
import pytest

from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.pseudo_likelihood import FLIPS, log_conditionals, units_to_flip
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import scene_of
from nnlab.probes.machine import machine_of
from nnlab.probes.machine_figures import MachineFigures, MachineSurvey, machine_figures
from nnlab.training import TrainingRun
from tests.models.small_runs import digits_data, digits_run, finish_epoch

WHOLE = 1400


def machine_run(steps: int = 200, count: int = WHOLE, **settings: object) -> TrainingRun:
    run = digits_run(RBMSettings(**({"hidden": 20} | settings)), digits_data(count), epochs=30)
    for _ in range(steps):
        next(run)
    return run


def examples(run: TrainingRun) -> tuple[np.ndarray, np.ndarray]:
    """All training examples, and all validation examples."""
    split = run.data.split
    return tuple(run.data.learning.gather(part)[0].reshape(len(part), 64).copy() for part in (split.train, split.validation))


def exact_pseudo_likelihood(rbm: RBM, v: np.ndarray) -> float:
    """The mean over examples of  sum_i log p(v_i | others), every unit flipped in turn."""
    binary, total = (v > 0.5).astype(np.float32), 0.0
    for unit in range(rbm.visible):
        flipped = binary.copy()
        flipped[:, unit] = 1 - flipped[:, unit]
        difference = rbm.free_energy(flipped).astype(float) - rbm.free_energy(binary)
        total -= np.logaddexp(0, -difference).mean()
    return total


def survey_of(run: TrainingRun, survey: MachineSurvey, looks: int = 10_000) -> int:
    """How many looks it took to be fresh."""
    for look in range(1, looks + 1):
        survey.update(machine_of(scene_of(run)))
        if survey.is_fresh:
            return look
    raise AssertionError("the survey comes to no end")


def test_figures_are_of_all_examples_where_they_are_not_too_many():
    run = machine_run()
    train, held = examples(run)
    found = machine_figures(machine_of(scene_of(run)))
    assert found.examples == (len(train), len(held))
    assert found.free_energy == pytest.approx((run.model.free_energy(train).mean(), run.model.free_energy(held).mean()))
    assert found.moment.step == 200
    # Eight of 64 conditionals of each example are flipped.
    assert found.pseudo_likelihood == pytest.approx(exact_pseudo_likelihood(run.model, train), rel=0.02)


def test_of_very_many_examples_those_spread_over_the_part_stand_for_all(monkeypatch: pytest.MonkeyPatch):
    run = machine_run()
    monkeypatch.setattr("nnlab.probes.machine_figures.MOST_EXAMPLES", 250)
    found = machine_figures(machine_of(scene_of(run)))
    assert found.examples == (250, 250)
    energy = run.model.free_energy(examples(run)[0])
    assert found.free_energy[0] == pytest.approx(energy.mean(), abs=4 * float(energy.std()) / 250**0.5)


def test_conditionals_are_differences_of_free_energies():
    rbm, rng = machine_run().model, np.random.default_rng(0)
    v = (rng.random((9, 64)) < 0.5).astype(np.float32)
    units = np.tile(np.arange(64), (9, 1))
    found = log_conditionals(rbm, v, units)
    assert found.sum(axis=1).mean() == pytest.approx(exact_pseudo_likelihood(rbm, v), rel=1e-5)


def test_every_visible_unit_is_flipped_equally_often_and_in_other_examples_than_its_neighbours():
    units = units_to_flip(160, 64, np.random.default_rng(0))
    assert units.shape == (160, FLIPS)
    assert set(np.bincount(units.ravel())) == {20}
    assert len({tuple(sorted(row)) for row in units}) > 150


def test_a_survey_takes_a_portion_per_look_and_comes_to_the_same_figures():
    run, survey = machine_run(), MachineSurvey(0.0)
    survey.update(machine_of(scene_of(run)))
    assert survey.figures is None and not survey.is_fresh
    assert survey_of(run, survey) == sum(-(-len(part) // 50) for part in examples(run))
    assert survey.figures == machine_figures(machine_of(scene_of(run)))


def test_a_round_that_training_overtakes_is_of_the_machine_it_began_with():
    run, survey = machine_run(), MachineSurvey(0.0)
    expected = machine_figures(machine_of(scene_of(run)))
    while survey.figures is None:
        survey.update(machine_of(scene_of(run)))
        next(run)
    assert survey.figures == expected
    assert not survey.is_fresh
    survey_of(run, survey)
    assert survey.figures == machine_figures(machine_of(scene_of(run))) != expected


def test_a_weight_changed_while_training_stands_begins_the_round_anew():
    run, survey = machine_run(), MachineSurvey(0.0)
    for _ in range(5):
        survey.update(machine_of(scene_of(run)))
    run.model.weight[3, 4] += 5
    # The round of the machine before is not gone through to its end.
    assert survey_of(run, survey) == sum(-(-len(part) // 50) for part in examples(run)) + 1
    assert survey.figures == machine_figures(machine_of(scene_of(run)))
    run.model.hidden_bias[2] = 3
    survey.update(machine_of(scene_of(run)))
    assert not survey.is_fresh
    survey_of(run, survey)
    assert survey.figures == machine_figures(machine_of(scene_of(run)))


def test_a_fresh_machine_has_no_figures_of_the_last_one():
    survey = MachineSurvey(0.0)
    first, second = machine_run(50), machine_run(20)
    survey_of(first, survey)
    survey.update(machine_of(scene_of(second)))
    assert survey.figures is None
    stack = digits_run(DeepBeliefSettings((12, 6), pretrain_epochs=1), epochs=3)
    next(stack)
    survey_of(stack, survey)
    finish_epoch(stack)
    next(stack)
    survey.update(machine_of(scene_of(stack)))
    assert survey.figures is None
    survey_of(stack, survey)
    machine = machine_of(scene_of(stack))
    v = machine.upward(stack.data.learning.gather(stack.data.split.train)[0])
    assert survey.figures.free_energy[0] == pytest.approx(machine.rbm.free_energy(v).mean(), rel=1e-5)


@pytest.mark.parametrize("count", [5, 49, 51, 130])
def test_few_examples_are_all_counted_once(count: int):
    run = digits_run(RBMSettings(hidden=6), digits_data(count, validation=0.0))
    next(run)
    found = machine_figures(machine_of(scene_of(run)))
    assert found.examples == (count, 0)
    assert found.free_energy[0] == pytest.approx(run.model.free_energy(examples(run)[0]).mean())
    assert np.isnan(found.free_energy[1])


def test_gaussian_units_have_no_pseudo_likelihood():
    run = digits_run(RBMSettings(hidden=6, visible_units="gaussian"), digits_data(scaling="standard"))
    found = machine_figures(machine_of(scene_of(run)))
    assert isinstance(found, MachineFigures)
    assert np.isnan(found.pseudo_likelihood) and np.isfinite(found.free_energy).all()
