"""Chains go on from look to look in a memory: an ask may come again, or its answer be lost, and they are right."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from nnlab.probes import Observer, Selection
from nnlab.probes.chains import ChainOptions
from nnlab.probes.samples import ChainStates
from nnlab.randomness import random_stream
from nnlab.training.hand_edits import change_by_hand
from tests.probes.test_samples import FIVE, begun, follow, glance, machine_run


@pytest.mark.parametrize("start", ["noise", "data", "persistent"])
@pytest.mark.parametrize("shown", ["means", "samples", "mean-field"])
def test_after_so_many_looks_chains_are_where_the_machine_takes_them_by_hand(start: str, shown: str):
    run = machine_run(persistent=True, chains=6)
    asked = ChainOptions(start=start, chains=6, steps=2, temperature=1.2, shown=shown, plays=True)
    memory, seen, options = begun(run, asked)
    state, seed = seen.states, run.settings.seed
    for _ in range(4):
        seen = glance(run, options, memory)
        rng = random_stream(seed, "samples.gibbs", options.look)
        if start == "persistent":
            means = run.model.visible_means(run.model.buffers.view("rbm.chains"))
            rng = random_stream(seed, "samples.persistent", run.step)
        else:
            means = run.model.gibbs_chain(state, 2, rng, 1.2, sample_visible=False, sample_hidden=shown != "mean-field")
        is_drawn = shown != "mean-field" or start == "persistent"
        state = (rng.random(means.shape, np.float32) < means).astype(np.float32) if is_drawn else means
        np.testing.assert_array_equal(seen.means, means)
        np.testing.assert_array_equal(seen.states, state)
        options = follow(options, seen)


def test_an_ask_that_comes_again_gets_the_same_answer_and_moves_the_chains_once():
    run = machine_run()
    straight, _, options = begun(run, ChainOptions(chains=5, plays=True))
    hesitant = begun(run, ChainOptions(chains=5, plays=True))[0]
    for _ in range(3):
        expected = glance(run, options, straight)
        for _ in range(3):
            seen = glance(run, options, hesitant)
            np.testing.assert_array_equal(seen.states, expected.states)
            np.testing.assert_array_equal(seen.means, expected.means)
            assert seen.steps == expected.steps == options.look
        options = follow(options, seen)


def test_an_answer_that_nobody_took_leaves_no_trace():
    run = machine_run()
    plain, _, options = begun(run, ChainOptions(chains=5, plays=True))
    hidden = begun(run, ChainOptions(chains=5, plays=True))[0]
    # The view was hidden, or the person asked for something else meanwhile.
    glance(run, replace(options, temperature=3.0, steps=7), hidden)
    list(islice(run, 2))
    np.testing.assert_array_equal(glance(run, options, hidden).states, glance(run, options, plain).states)


def test_a_restart_is_done_once_however_often_it_is_asked_for():
    run = machine_run()
    memory, _, options = begun(run, ChainOptions(chains=5, plays=True))
    options = follow(replace(options, restarts=1), glance(run, replace(options, restarts=1), memory))
    first, again = (glance(run, options, memory) for _ in range(2))
    assert first.steps == again.steps == 1
    np.testing.assert_array_equal(first.states, again.states)
    assert glance(run, follow(options, again), memory).steps == 2


def test_a_weight_changed_by_hand_and_parameters_that_were_put_back_leave_chains_where_they_are():
    run = machine_run()
    memory, first, options = begun(run, FIVE)
    change_by_hand(run, "rbm.weight", (9, 3), 2.5)
    seen = glance(run, options, memory)
    np.testing.assert_array_equal(seen.states, first.states)
    assert (seen.energy != first.energy).any() and seen.steps == 0
    moved = glance(run, replace(follow(options, seen), plays=True), memory)
    rng = random_stream(run.settings.seed, "samples.gibbs", 2)
    np.testing.assert_array_equal(moved.means, run.model.gibbs_chain(first.states, 1, rng, sample_visible=False))


def test_every_view_has_chains_of_its_own_and_another_run_forgets_them_all():
    run, observer = machine_run(), Observer()
    options = ChainOptions(chains=5, plays=True)

    def watch(view: str, **changes: object) -> ChainStates:
        return observer.look(run, "samples", Selection(options=replace(options, **changes)), view).value

    for look_number in range(4):
        left = watch("left", look=look_number)
    right = watch("right", look=0)
    assert (left.steps, right.steps) == (3, 0)
    assert watch("left", look=4).steps == 4
    observer.forget()
    assert watch("left", look=5).steps == 0
