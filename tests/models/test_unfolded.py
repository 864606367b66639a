"""Layers with those inside of them: in which order, whose numbers come in, and what is joined."""

import pytest

from nnlab.errors import ShapeError
from nnlab.models.layers.activations import ReLU, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.unfolded import INPUT_PLACE, follower, unfold


def told(layers, shape=(4,)):
    return [(place.name, place.source, place.ends) for place in unfold(layers, shape)]


def test_layers_in_a_row_follow_on_each_other():
    assert told((Dense(3), ReLU(), Dense(2))) == [("dense1", INPUT_PLACE, ()), ("relu1", 0, ()), ("dense2", 1, ())]


def test_a_residual_joins_its_input_with_what_stands_inside():
    assert told((Dense(4), ReLU(), Residual((Dense(3), Dense(4))), ReLU())) == [
        *(("dense1", INPUT_PLACE, ()), ("relu1", 0, ())),
        *(("residual1.dense1", 1, ()), ("residual1.dense2", 2, ()), ("residual1", 1, (1, 3))),
        ("relu2", 4, ()),
    ]


def test_branches_begin_at_the_same_place_and_an_empty_one_is_that_place():
    inner = Residual((Dense(2),))
    assert told((Parallel(((Dense(2), inner), (), (Tanh(),))),), (2,)) == [
        ("parallel1.branch1.dense1", INPUT_PLACE, ()),
        ("parallel1.branch1.residual1.dense1", 0, ()),
        ("parallel1.branch1.residual1", 0, (0, 1)),
        ("parallel1.branch3.tanh1", INPUT_PLACE, ()),
        ("parallel1", INPUT_PLACE, (2, INPUT_PLACE, 3)),
    ]


def test_each_says_what_it_stands_in_and_its_shapes():
    places = unfold((Dense(3), Parallel(((), (Residual((Dense(5), Dense(3))),)))), (4,))
    first, second = places[1:3]
    assert first.path == ("parallel1", "branch2.residual1", "dense1") and first.branches == (1, 0)
    assert (first.input_shape, first.shape, second.input_shape, second.shape) == ((3,), (5,), (5,), (3,))
    assert places[-1].path == ("parallel1",) and places[-1].shape == (6,)


def test_what_does_not_fit_inside_says_where():
    with pytest.raises(ShapeError, match=r"layer 1 \(residual1\)"):
        unfold((Residual((Dense(3),)),), (4,))


def test_a_layer_is_followed_by_the_one_that_reads_it_alone_in_the_same_branch():
    places = unfold((Dense(4), ReLU(), Residual((Dense(4), Tanh())), ReLU(), Parallel(((Dense(2),), ())), Dense(2)), (4,))
    names = [place.name for place in places]
    followers = {name: follower(places, at) for at, name in enumerate(names)}
    assert {name: names[after] for name, after in followers.items() if after is not None} == {
        "dense1": "relu1",
        "residual1.dense1": "residual1.tanh1",
        "residual1": "relu2",
        "parallel1": "dense2",
    }
