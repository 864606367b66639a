"""Which steps of several runs belong together."""

import numpy as np
import pytest

from nnlab.training.history import History
from nnlab.training.step import Step
from nnlab.ui.compare.alongside import Alongside


def history(batches: int, epochs: int) -> History:
    """So many batches in each epoch."""
    made = History()
    steps = [
        Step(at + 1, at // batches + 1, at % batches + 1, batches, 8, 0.5, 0.5, 0.1, None) for at in range(batches * epochs)
    ]
    made.extend(steps)
    return made


def test_by_step_a_run_that_has_ended_stands_at_its_end():
    both = Alongside([history(10, 3), history(10, 2)], [(30, 3.0), (20, 2.0)])
    assert both.last == 30
    assert [both.steps_at(place) for place in (0, 7, 20, 25, 99)] == [(0, 0), (7, 7), (20, 20), (25, 20), (30, 20)]
    assert both.words_at(7) == "step 7"


@pytest.mark.parametrize("few", [1, 4, 10])
def test_by_epoch_all_have_seen_as_much(few: int):
    both = Alongside([history(few, 3), history(20, 3)], [(3 * few, 3.0), (60, 3.0)], by_epoch=True)
    assert both.last == 60
    for place in range(61):
        one, other = both.steps_at(place)
        assert other == place
        assert abs(one / few - place / 20) <= 0.5 / few + 1e-9
    assert both.words_at(30) == "epoch 1.50"
    for step in range(3 * few + 1):
        assert both.steps_at(both.place_of(0, step))[0] == step


def test_a_run_that_has_made_no_step_stands_at_the_start():
    both = Alongside([history(10, 1), History()], [(10, 1.0), (0, 0.0)], by_epoch=True)
    assert [both.steps_at(place) for place in (0, 5, 10)] == [(0, 0), (5, 0), (10, 0)]
    assert Alongside([], []).last == 0


def test_every_place_of_the_longest_run_is_its_own_step():
    """Also where its curves have become coarse."""
    coarse = History(most=16)
    coarse.extend([Step(at + 1, at // 40 + 1, at % 40 + 1, 40, 8, 0.5, 0.5, 0.1, None) for at in range(200)])
    both = Alongside([coarse, history(10, 5)], [(200, 5.0), (50, 5.0)], by_epoch=True)
    found = np.array([both.steps_at(place) for place in range(201)])
    assert found[:, 0].tolist() == list(range(201))
    assert np.all(np.diff(found[:, 1]) >= 0) and found[-1, 1] == 50
