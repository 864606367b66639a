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
from nnlab.probes import Selection, look, scene_of
from nnlab.probes.chains import ChainOptions
from nnlab.probes.machine import machine_of
from nnlab.probes.machine_figures import machine_figures
from nnlab.probes.samples import ChainStates, SamplesMemory
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


def glance(
    run: TrainingRun, options: ChainOptions = FIVE, memory: SamplesMemory | None = None, **selection: object
) -> ChainStates:
    """One look, of a view that has looked before if there is a memory."""
    return look(run, "samples", Selection(options=options, **selection), memory).value


def follow(options: ChainOptions, answer: ChainStates, **changes: object) -> ChainOptions:
    """What a view asks next."""
    return replace(options, **({"look": options.look + 1, "level": answer.level} | changes))


def begun(run: TrainingRun, options: ChainOptions) -> tuple[SamplesMemory, ChainStates, ChainOptions]:
    """A memory of chains that have just begun, how they look, and what is asked next."""
    memory = SamplesMemory()
    first = glance(run, options, memory)
    return memory, first, follow(options, first)


def first_cases(run: TrainingRun, count: int) -> np.ndarray:
    return run.data.learning.gather(run.data.split.train[:count])[0].reshape(count, -1).copy()


def test_a_look_is_a_function_of_the_run_the_options_and_the_memory():
    run, seen = machine_run(), []
    for number in (1, 1, 7):
        memory, _, options = begun(run, ChainOptions(chains=5, plays=True))
        seen.append(glance(run, replace(options, look=number), memory))
    one, other, later = seen
    np.testing.assert_array_equal(one.states, other.states)
    np.testing.assert_array_equal(one.pictures, other.pictures)
    assert (later.states != one.states).any()


@pytest.mark.parametrize("shown", ["means", "samples"])
def test_chains_are_those_of_the_machine_drawn_once_more_from_their_means(shown: str):
    run, options = machine_run(), ChainOptions(chains=30, steps=3, temperature=1.5, shown=shown, plays=True)
    memory, first, options = begun(run, options)
    seen = glance(run, options, memory)
    rng = random_stream(run.settings.seed, "samples.gibbs", options.look)
    means = run.model.gibbs_chain(first.states, 3, rng, 1.5, sample_visible=False)
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
    memory, first, options = begun(run, options)
    seen = glance(run, options, memory)
    np.testing.assert_allclose(seen.means, run.model.reconstruct(first.states), rtol=1e-5)
    np.testing.assert_array_equal(seen.states, seen.means)
    twice = glance(run, replace(options, steps=2), memory)
    np.testing.assert_allclose(twice.means, run.model.reconstruct(seen.means), rtol=1e-5)
    memory, _, options = begun(run, ChainOptions(start="data", chains=5, shown="mean-field", plays=True))
    again = glance(run, replace(options, look=99), memory)
    np.testing.assert_array_equal(again.means, seen.means)


def test_chains_stand_unless_the_machine_learned_or_they_are_played():
    run = machine_run()
    memory, first, options = begun(run, ChainOptions(chains=5))
    standing = glance(run, options, memory)
    assert standing.steps == 0
    np.testing.assert_array_equal(standing.states, first.states)
    np.testing.assert_array_equal(standing.means, first.means)
    assert glance(run, replace(options, plays=True), memory).steps == 1
    options = follow(options, standing)
    next(run)
    assert glance(run, replace(options, steps=0), memory).steps == 1
    moved = glance(run, options, memory)
    assert moved.steps == 2
    assert (moved.states != first.states).any()


def test_clamped_units_keep_their_values_and_the_rest_is_imagined():
    run = machine_run()
    memory, before, options = begun(run, ChainOptions(start="data", chains=6, steps=4, plays=True))
    clamped = np.arange(64) < 32
    values = np.random.default_rng(0).random((6, 64)).astype(np.float32)
    options = replace(options, clamped=clamped, values=values)
    for _ in range(3):
        seen = glance(run, options, memory)
        np.testing.assert_array_equal(seen.states[:, clamped], values[:, clamped])
        np.testing.assert_array_equal(seen.means[:, clamped], values[:, clamped])
        assert (seen.states[:, ~clamped] != before.states[:, ~clamped]).any()
        before, options = seen, follow(options, seen)
    restarted = glance(run, replace(options, restarts=1), memory)
    np.testing.assert_array_equal(restarted.states[:, clamped], values[:, clamped])


@pytest.mark.parametrize("chains", [4, 6, 15])
def test_every_chain_holds_its_own_values_and_those_without_go_round(chains: int):
    run, values = machine_run(), np.random.default_rng(0).random((6, 64)).astype(np.float32)
    seen = glance(run, ChainOptions(chains=chains, plays=True, clamped=np.arange(64) < 32, values=values))
    np.testing.assert_array_equal(seen.states[:, :32], np.tile(values, (3, 1))[:chains, :32])


def test_cold_chains_freeze_and_hot_ones_forget_the_machine():
    run = machine_run()
    memory, _, options = begun(run, ChainOptions(chains=50, plays=True))
    cold, hot = (glance(run, replace(options, temperature=heat, steps=5), memory).means for heat in (0.01, 1000.0))
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


def test_chains_of_another_number_of_another_run_or_with_broken_numbers_start_afresh():
    run, other = machine_run(), machine_run()
    (broken, _, options), machine = begun(run, FIVE), machine_of(scene_of(run))
    broken.chains.keep(replace(broken.chains.before(machine, options), states=np.full((5, 64), np.nan, np.float32)))
    nine, elsewhere = begun(run, ChainOptions(chains=9))[0], begun(other, FIVE)[0]
    for memory in (broken, nine, elsewhere):
        seen = glance(run, ChainOptions(chains=5, plays=True, look=2), memory)
        assert seen.steps == 0
        assert seen.states.shape == (5, 64)
        assert np.isfinite(seen.states).all()


def test_the_persistent_chains_are_shown_as_training_left_them():
    run = machine_run(persistent=True, chains=7, cd_steps=2)
    memory, seen, options = begun(run, ChainOptions(start="persistent", chains=5, plays=True))
    hidden = run.model.buffers.view("rbm.chains").copy()
    np.testing.assert_array_equal(seen.means, run.model.visible_means(hidden))
    assert seen.has_persistent and not seen.can_clamp
    again = glance(run, options, memory)
    assert again.steps == 0
    np.testing.assert_array_equal(again.states, seen.states)
    next(run)
    later = glance(run, follow(options, again), memory)
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
    memory, seen, options = begun(run, ChainOptions(start="data", chains=4, plays=True))
    assert seen.pictures.shape == (4, 8, 8, 1)
    raw = run.data.scaling.undo(seen.states.reshape(4, 8, 8, 1))
    assert np.abs(seen.pictures - raw).max() <= 1
    assert run.data.scaling.undo(seen.white)[0] == pytest.approx(255, rel=1e-5)
    assert np.isnan(seen.figures.pseudo_likelihood)
    moved = glance(run, options, memory)
    assert len(np.unique(moved.states)) > 100
    assert np.isfinite(moved.energy).all()


def test_weights_that_are_no_numbers_are_told_in_a_sentence():
    run = machine_run()
    memory, _, options = begun(run, ChainOptions(chains=5, plays=True))
    good = run.model.parameters.values.copy()
    run.model.parameters.values[...] = np.nan
    seen = glance(run, options, memory)
    assert "no finite numbers" in seen.problem
    assert seen.pictures is None
    # Once they are numbers again, chains begin anew.
    run.model.parameters.values[...] = good
    assert glance(run, options, memory).steps == 0


@pytest.mark.parametrize("shape", [(1, 1, 1), (4, 6, 3), (3, 3, 2), (7,)])
def test_any_shape_of_example_becomes_pictures(shape: tuple[int, ...]):
    inputs = np.random.default_rng(0).integers(0, 256, (50, *shape)).astype(np.uint8 if len(shape) == 3 else np.float32)
    examples = Examples(inputs, np.arange(50) % 2)
    run = machine_run(data=prepare_data(Dataset("mine", "Mine", examples, examples, None), DatasetSettings()))
    memory, _, options = begun(run, ChainOptions(start="data", chains=4, plays=True))
    seen = glance(run, options, memory)
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
    memory, _, options = begun(run, ChainOptions(chains=5, plays=True))
    finish_epoch(run)
    next(run)
    seen = glance(run, options, memory)
    assert seen.steps == 0
    assert seen.states.shape == (5, 12)


def test_another_machine_shows_its_units_and_its_figures_at_once():
    run = digits_run(STACK, epochs=3)
    memory = SamplesMemory(60.0)
    first = glance(run, FIVE, memory)
    finish_epoch(run)
    assert glance(run, follow(FIVE, first), memory).units is first.units
    next(run)
    seen = glance(run, follow(FIVE, first), memory)
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
    # Before the first step, too: then a machine of the stack has numbers of its own, which its first epoch starts from.
    memory, _, options = begun(watched, ChainOptions(start="data", chains=5, plays=True))
    for _ in watched:
        seen = glance(watched, options, memory)
        options = options if seen.problem else follow(options, seen)
    list(alone)
    assert parameters_sha256(watched.model) == parameters_sha256(alone.model)
    assert watched.model.buffers.values.tobytes() == alone.model.buffers.values.tobytes()


def test_the_states_are_arrays_of_their_own():
    run = machine_run()
    memory, first, options = begun(run, ChainOptions(start="data", chains=5, plays=True))
    kept = first.states.copy()
    seen = glance(run, options, memory)
    assert not np.shares_memory(seen.states, first.states)
    assert not np.shares_memory(first.states, run.data.dataset.train.inputs)
    np.testing.assert_array_equal(first.states, kept)
    assert isinstance(run.model, RBM)


def test_levels_of_one_size_do_not_go_on_with_each_others_chains():
    run = digits_run(DeepBeliefSettings((64, 64), pretrain_epochs=1), epochs=3)
    memory, _, options = begun(run, ChainOptions(chains=5, plays=True))
    held = replace(options, clamped=np.ones(64, bool), values=np.full((5, 64), 0.5, np.float32))
    finish_epoch(run)
    next(run)
    seen = glance(run, held, memory)
    assert (seen.level, seen.steps) == (1, 0)
    np.testing.assert_array_equal(seen.states, glance(run, options, SamplesMemory()).states)
    assert glance(run, follow(options, seen), memory).steps == 1
