"""Chains that go on from look to look, beside the engine's own; and figures beside their definitions."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.datasets import Dataset, DatasetSettings, Examples
from nnlab.datasets.drawing import Drawing
from nnlab.experiments.model_file import parameters_sha256
from nnlab.models.deep_belief import DeepBeliefSettings
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.probes import Answer, Selection, look, scene_of
from nnlab.probes.machine import machine_of
from nnlab.probes.machine_figures import machine_figures
from nnlab.probes.samples import ChainOptions, ChainPicture
from nnlab.randomness import random_stream
from nnlab.training import TrainingRun, prepare_data
from tests.models.small_runs import digits_data, digits_run, finish_epoch

STACK = DeepBeliefSettings((12, 6), pretrain_epochs=1)


def machine_run(steps: int = 20, data=None, **settings: object) -> TrainingRun:
    """A small machine that has learned a little."""
    run = digits_run(RBMSettings(**({"hidden": 12} | settings)), data, epochs=9)
    list(islice(run, steps))
    return run


FIVE = ChainOptions(chains=5)
# The answers that were seen, by what they hold: a view knows of which step that is.
STEPS: dict[int, Answer] = {}


def glance(run: TrainingRun, options: ChainOptions = FIVE, **selection: object) -> ChainPicture:
    answer = look(run, "samples", Selection(options=options, **selection))
    STEPS[id(answer.value)] = answer
    return answer.value


def follow(options: ChainOptions, answer: ChainPicture, **changes: object) -> ChainOptions:
    """What a view asks next."""
    went_on = {
        "states": answer.states,
        "means": answer.means,
        "number": STEPS[id(answer)].moment.step,
        "level": answer.level,
    }
    went_on["look"] = options.look + 1
    return replace(options, **(went_on | changes))


def first_cases(run: TrainingRun, count: int) -> np.ndarray:
    return run.data.learning.gather(run.data.split.train[:count])[0].reshape(count, -1).copy()


def test_a_look_is_a_function_of_the_run_and_the_options():
    run, options = machine_run(), ChainOptions(chains=5, plays=True)
    first = glance(run, options)
    one, other = (glance(run, follow(options, first)) for _ in range(2))
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.pictures, other.pictures)
    later = glance(run, follow(options, first, look=7))
    assert (later.states != one.states).any()


@pytest.mark.parametrize("shown", ["means", "samples"])
def test_chains_are_those_of_the_machine_drawn_once_more_from_their_means(shown: str):
    run, options = machine_run(), ChainOptions(chains=30, steps=3, temperature=1.5, shown=shown, plays=True)
    options = follow(options, glance(run, options))
    seen = glance(run, options)
    rng = random_stream(run.settings.seed, "samples.gibbs", options.look)
    means = run.model.gibbs_chain(options.states, 3, rng, 1.5, sample_visible=False)
    np.testing.assert_array_equal(seen.means, means)
    assert set(np.unique(seen.states)) == {0, 1}
    assert np.abs(seen.states.mean() - means.mean()) < 0.05
    np.testing.assert_array_equal(seen.energy, run.model.free_energy(seen.states))
    assert seen.steps == 3
    expected = seen.states if shown == "samples" else means
    assert np.abs(seen.pictures.reshape(30, -1) - 255.0 * expected).max() <= 1


def test_mean_field_draws_nothing_and_one_step_of_it_is_the_reconstruction():
    run = machine_run()
    options = ChainOptions(start="data", chains=5, shown="mean-field", plays=True)
    options = follow(options, glance(run, options))
    seen = glance(run, options)
    np.testing.assert_allclose(seen.means, run.model.reconstruct(options.states), rtol=1e-5)
    np.testing.assert_array_equal(seen.states, seen.means)
    again = glance(run, replace(options, look=99))
    np.testing.assert_array_equal(again.means, seen.means)
    twice = glance(run, replace(options, steps=2))
    np.testing.assert_allclose(twice.means, run.model.reconstruct(seen.means), rtol=1e-5)


def test_chains_stand_unless_the_machine_learned_or_they_are_played():
    run, options = machine_run(), ChainOptions(chains=5)
    options = follow(options, glance(run, options))
    standing = glance(run, options)
    assert standing.steps == 0
    np.testing.assert_array_equal(standing.states, options.states)
    np.testing.assert_array_equal(standing.means, options.means)
    assert glance(run, replace(options, plays=True)).steps == 1
    next(run)
    moved = glance(run, options)
    assert moved.steps == 1
    assert (moved.states != options.states).any()
    assert glance(run, replace(options, steps=0)).steps == 0


def test_clamped_units_keep_their_values_and_the_rest_is_imagined():
    run = machine_run()
    options = ChainOptions(start="data", chains=6, steps=4, plays=True)
    options = follow(options, glance(run, options))
    clamped = np.arange(64) < 32
    values = np.random.default_rng(0).random((6, 64)).astype(np.float32)
    options = replace(options, clamped=clamped, values=values)
    for _ in range(3):
        seen = glance(run, options)
        np.testing.assert_array_equal(seen.states[:, clamped], values[:, clamped])
        np.testing.assert_array_equal(seen.means[:, clamped], values[:, clamped])
        assert (seen.states[:, ~clamped] != options.states[:, ~clamped]).any()
        options = follow(options, seen)
    restarted = glance(run, replace(options, states=None))
    np.testing.assert_array_equal(restarted.states[:, clamped], values[:, clamped])


@pytest.mark.parametrize("chains", [4, 6, 15])
def test_every_chain_holds_its_own_values_and_those_without_go_round(chains: int):
    run, values = machine_run(), np.random.default_rng(0).random((6, 64)).astype(np.float32)
    seen = glance(run, ChainOptions(chains=chains, plays=True, clamped=np.arange(64) < 32, values=values))
    np.testing.assert_array_equal(seen.states[:, :32], np.tile(values, (3, 1))[:chains, :32])


def test_cold_chains_freeze_and_hot_ones_forget_the_machine():
    run = machine_run()
    options = ChainOptions(chains=50, plays=True)
    options = follow(options, glance(run, options))
    cold, hot = (glance(run, replace(options, temperature=heat, steps=5)).means for heat in (0.01, 1000.0))
    assert np.minimum(cold, 1 - cold).mean() < 0.02
    np.testing.assert_allclose(hot, 0.5, atol=0.01)


def test_chains_start_at_noise_at_examples_or_at_the_drawing():
    run = machine_run()
    noise = glance(run, ChainOptions(chains=5))
    assert set(np.unique(noise.states)) == {0, 1}
    assert noise.steps == 0
    everything = run.data.learning.gather(run.data.split.validation)[0].reshape(len(run.data.split.validation), -1).copy()
    begun = glance(run, ChainOptions(start="data", chains=5), part="validation")
    for state in begun.states:
        assert (np.abs(everything - state).max(axis=1) < 1e-6).any()
    pixels = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
    drawn = glance(run, ChainOptions(start="drawing", chains=3), drawing=Drawing(pixels))
    np.testing.assert_allclose(drawn.states, np.tile(np.arange(64) / 255, (3, 1)), rtol=1e-6)
    np.testing.assert_array_equal(drawn.pictures[2], pixels)


def test_without_a_drawing_that_fits_chains_start_at_noise():
    run = machine_run()
    for drawing in (None, Drawing(np.zeros((28, 28, 1), np.uint8))):
        seen = glance(run, ChainOptions(start="drawing", chains=3), drawing=drawing)
        assert set(np.unique(seen.states)) == {0, 1}


def test_states_of_another_machine_or_with_broken_numbers_start_afresh():
    run = machine_run()
    broken = np.full((5, 64), np.nan, np.float32)
    for states in (np.zeros((5, 784), np.float32), np.zeros((9, 64), np.float32), broken):
        seen = glance(run, ChainOptions(chains=5, states=states, plays=True))
        assert seen.steps == 0
        assert seen.states.shape == (5, 64)
        assert np.isfinite(seen.states).all()


def test_the_persistent_chains_are_shown_as_training_left_them():
    run = machine_run(persistent=True, chains=7, cd_steps=2)
    options = ChainOptions(start="persistent", chains=5, plays=True)
    seen = glance(run, options)
    hidden = run.model.buffers.view("rbm.chains").copy()
    np.testing.assert_array_equal(seen.means, run.model.visible_means(hidden))
    assert seen.has_persistent and not seen.can_clamp
    again = glance(run, follow(options, seen))
    assert again.steps == 0
    np.testing.assert_array_equal(again.states, seen.states)
    next(run)
    later = glance(run, follow(options, seen))
    assert later.steps == 2
    assert later.shown == "means"
    np.testing.assert_array_equal(later.means, run.model.visible_means(run.model.buffers.view("rbm.chains")))


def test_units_are_shown_by_their_weights_and_on_examples_that_are_named():
    run = machine_run()
    units, rbm = glance(run).units, run.model
    cases = run.data.learning.gather(run.data.split.train[units.places])[0].reshape(64, 64)
    np.testing.assert_allclose(units.hidden, rbm.hidden_probabilities(cases), rtol=1e-6)
    for unit, picture in enumerate(units.filters):
        np.testing.assert_array_equal(picture.ravel(), rbm.weight[:, unit])
    assert (units.layer, units.units) == ("rbm", 12)
    assert glance(run, ChainOptions(wants_units=False)).units is None


def test_nothing_is_held_in_the_chains_of_training_itself_and_no_temperature_heats_them():
    run = machine_run(persistent=True, chains=7)
    held = {"clamped": np.ones(64, bool), "values": np.full((7, 64), 0.5, np.float32)}
    plain = glance(run, ChainOptions("persistent"))
    seen = glance(run, ChainOptions("persistent", plays=True, temperature=3.0, shown="mean-field", **held))
    np.testing.assert_array_equal(seen.states, plain.states)
    np.testing.assert_array_equal(seen.pictures, plain.pictures)
    np.testing.assert_array_equal(seen.energy, run.model.free_energy(plain.states))
    assert (seen.shown, seen.steps) == ("means", 0)


def test_without_validation_examples_their_free_energy_is_no_number():
    figures = glance(machine_run(data=digits_data(validation=0.0))).figures
    assert np.isfinite(figures.free_energy[0]) and np.isnan(figures.free_energy[1])


def test_gaussian_units_are_shown_in_the_range_of_the_data():
    run = machine_run(data=digits_data(scaling="standard"), visible_units="gaussian")
    options = ChainOptions(start="data", chains=4, plays=True)
    seen = glance(run, options)
    assert seen.pictures.shape == (4, 8, 8, 1)
    raw = run.data.scaling.undo(seen.states.reshape(4, 8, 8, 1))
    assert np.abs(seen.pictures - raw).max() <= 1
    assert run.data.scaling.undo(seen.white)[0] == pytest.approx(255, rel=1e-5)
    assert np.isnan(seen.figures.pseudo_likelihood)
    moved = glance(run, follow(options, seen))
    assert len(np.unique(moved.states)) > 100
    assert np.isfinite(moved.energy).all()


def test_weights_that_are_no_numbers_are_told_in_a_sentence():
    run = machine_run()
    run.model.parameters.values[...] = np.nan
    seen = glance(run, ChainOptions(chains=5, states=np.zeros((5, 64), np.float32), plays=True))
    assert "no finite numbers" in seen.problem
    assert seen.pictures is None


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 6, 3), (3, 3, 2), (7,)])
def test_any_shape_of_example_becomes_pictures(shape: tuple[int, ...]):
    inputs = np.random.default_rng(0).integers(0, 256, (50, *shape)).astype(np.uint8 if len(shape) == 3 else np.float32)
    examples = Examples(inputs, np.arange(50) % 2)
    run = machine_run(data=prepare_data(Dataset("mine", "Mine", examples, examples, None), DatasetSettings()))
    options = ChainOptions(start="data", chains=4, plays=True)
    seen = glance(run, follow(options, glance(run, options)))
    assert seen.pictures.shape[0] == 4
    if len(shape) == 3:
        assert seen.pictures.shape[1:] == shape
    assert seen.can_clamp


# A stack of machines


def test_a_stack_is_sampled_at_the_level_that_learns_and_shown_as_pictures():
    run = digits_run(STACK, epochs=3)
    next(run)
    first = glance(run)
    assert (first.level, first.states.shape) == (0, (5, 64))
    assert first.can_clamp
    finish_epoch(run)
    next(run)
    seen = glance(run, ChainOptions(start="data", chains=5))
    assert (seen.level, seen.states.shape) == (1, (5, 12))
    assert not seen.can_clamp
    assert (first.units.layer, seen.units.layer) == ("dense1", "dense2")
    weight, bias = (run.model.parameters.view(f"dense1.{part}") for part in ("weight", "bias"))
    machine = machine_of(scene_of(run))
    inputs = first_cases(run, 4)
    np.testing.assert_allclose(machine.upward(inputs), 1 / (1 + np.exp(-(inputs @ weight + bias))), rtol=1e-5)
    below = run.model.parameters.view("dense4.bias")
    means = 1 / (1 + np.exp(-(seen.means @ weight.T + below)))
    assert np.abs(seen.pictures.reshape(5, -1) - 255 * means).max() <= 1.001
    np.testing.assert_array_equal(machine.rbm.weight, run.model.parameters.view("dense2.weight"))
    np.testing.assert_array_equal(machine.rbm.hidden_bias, run.model.parameters.view("dense2.bias"))
    np.testing.assert_array_equal(machine.rbm.visible_bias, run.model.parameters.view("dense3.bias"))


def test_chains_of_the_level_below_start_afresh_on_the_next():
    run = digits_run(STACK, epochs=3)
    options = ChainOptions(chains=5, plays=True)
    options = follow(options, glance(run, options))
    finish_epoch(run)
    next(run)
    seen = glance(run, options)
    assert seen.steps == 0
    assert seen.states.shape == (5, 12)


def test_another_machine_shows_its_units_and_its_figures_at_once():
    run = digits_run(STACK, epochs=3)
    options = replace(FIVE, wants_units=False)
    options = follow(options, glance(run, options))
    assert glance(run, options).units is None
    finish_epoch(run)
    next(run)
    seen = glance(run, options)
    assert seen.units.hidden.shape == (64, 6)
    assert seen.figures == machine_figures(machine_of(scene_of(run)))


def test_once_the_stack_is_fine_tuned_there_is_a_sentence():
    run = digits_run(STACK, epochs=3)
    for _ in range(2):
        finish_epoch(run)
    next(run)
    assert "Pretraining is over" in glance(run).problem


@pytest.mark.parametrize("settings", [STACK, RBMSettings(hidden=12, persistent=True, chains=8)])
def test_looks_between_all_steps_change_no_bit(settings):
    watched, alone = (digits_run(settings, epochs=3) for _ in range(2))
    options = ChainOptions(start="data", chains=5, plays=True)
    # Before the first step, too: then a machine of the stack has numbers of its own, which its first epoch starts from.
    options = follow(options, glance(watched, options))
    for _ in watched:
        seen = glance(watched, options)
        options = options if seen.problem else follow(options, seen)
    list(alone)
    assert parameters_sha256(watched.model) == parameters_sha256(alone.model)
    assert watched.model.buffers.values.tobytes() == alone.model.buffers.values.tobytes()


def test_the_states_are_arrays_of_their_own():
    run, options = machine_run(), ChainOptions(chains=5)
    options = follow(options, glance(run, options))
    seen = glance(run, options)
    assert not np.shares_memory(seen.states, options.states)
    assert not np.shares_memory(seen.means, options.means)
    assert isinstance(run.model, RBM)


def test_levels_of_one_size_do_not_go_on_with_each_others_chains():
    run = digits_run(DeepBeliefSettings((64, 64), pretrain_epochs=1), epochs=3)
    options = ChainOptions(chains=5, plays=True)
    options = follow(options, glance(run, options), clamped=np.ones(64, bool), values=np.full((5, 64), 0.5, np.float32))
    finish_epoch(run)
    next(run)
    seen = glance(run, options)
    assert (seen.level, seen.steps) == (1, 0)
    np.testing.assert_array_equal(seen.states, glance(run, replace(options, states=None, clamped=None)).states)
    assert glance(run, follow(options, seen, clamped=None)).steps == 1
