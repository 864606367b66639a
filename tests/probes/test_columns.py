"""A model as columns: what begins one, what rides along, which weights lead to it, and which of them learn."""

import pytest

from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.probes.columns import behind, column_at, columns_of, readers_of
from tests.targets import numbered

PICTURE = (8, 8, 1)


def columns(kind: str, shape=PICTURE, classes: int = 10, **settings: object):
    return columns_of(MODELS[kind](**settings).build(shape, numbered(classes)), shape)


def told(found) -> list[tuple[str, tuple[str, ...], tuple[int, ...], bool]]:
    return [(column.name, column.layers, column.shape, column.has_channels) for column in found]


def test_activations_ride_along_with_the_layer_before_them():
    found = columns("mlp", (2,), 2, layers=(Dense(3), Tanh(), LAYERS["dropout"](), Dense(2), Softmax()))
    assert told(found) == [
        ("input", (), (2,), False),
        ("dense1", ("dense1", "tanh1", "dropout1"), (3,), False),
        ("dense2", ("dense2", "softmax1"), (2,), False),
    ]
    assert [column.tensor for column in found] == ["", "dense1.weight", "dense2.weight"]
    assert [column.activation for column in found] == ["", "tanh", "softmax"]
    assert [column.contains_loss for column in found] == [False, False, True]


def test_noise_before_all_layers_belongs_to_the_input():
    found = columns("mlp", layers=(LAYERS["gaussian_noise"](), Dense(10), Softmax()))
    assert told(found)[0] == ("input", ("gaussian_noise1",), PICTURE, False)
    assert found[0].last == 0


def test_channels_are_units_of_convolutions_and_stay_pictures_when_flattened():
    layers = (Conv2D(4), ReLU(), LAYERS["max_pool2d"](), Flatten(), Dense(10), Softmax())
    assert told(columns("cnn", layers=layers)) == [
        ("input", (), PICTURE, False),
        ("conv2d1", ("conv2d1", "relu1"), (6, 6, 4), True),
        ("max_pool2d1", ("max_pool2d1", "flatten1"), (3, 3, 4), True),
        ("dense1", ("dense1", "softmax1"), (10,), False),
    ]


def test_a_vector_folded_into_a_picture_has_one_unit_per_number():
    layers = (Dense(8), Code(), Dense(32), Reshape((4, 4, 2)), Flatten(), Dense(64))
    found = columns("autoencoder", layers=layers)[2]
    assert (found.shape, found.has_channels, found.units) == ((4, 4, 2), False, 32)


def test_what_comes_out_as_large_as_a_picture_is_one():
    found = columns("autoencoder", layers=(Dense(6), Code(), Dense(64), Sigmoid()))
    assert [column.shape for column in found] == [PICTURE, (6,), PICTURE]
    assert not found[-1].has_channels


def test_tied_weights_are_another_layers_transposed():
    found = columns("autoencoder", layers=(Dense(6), Tanh(), Code(), Dense(64)), tied=True)
    assert (found[2].tensor, found[2].is_transposed) == ("dense1.weight", True)
    assert (found[1].tensor, found[1].is_transposed) == ("dense1.weight", False)


def test_a_machine_is_its_visible_units_twice():
    found = columns("rbm", hidden=5)
    assert [column.name for column in found] == ["input", "rbm", "reconstruction"]
    assert [column.shape for column in found] == [PICTURE, (5,), PICTURE]
    assert [(column.tensor, column.is_transposed) for column in found[1:]] == [("rbm.weight", False), ("rbm.weight", True)]
    assert [column.contains_loss for column in found] == [False] * 3


@pytest.mark.parametrize(
    ("phase", "learning"), [(0, {"dense1", "dense6"}), (1, {"dense2", "dense5"}), (2, {"dense3", "dense4"})]
)
def test_while_a_machine_is_pretrained_it_and_its_mirror_learn(phase: int, learning: set[str]):
    model = MODELS["deep_belief"](hidden=(5, 4, 3)).build(PICTURE, numbered(10))
    model.phase = phase
    found = columns_of(model, PICTURE)
    assert {column.name for column in found if column.learns} == learning
    model.phase = 3
    assert all(column.learns for column in columns_of(model, PICTURE)[1:])


def test_a_layer_that_rides_along_is_found_in_its_column():
    found = columns("mlp", layers=(Dense(3), ReLU(), Dense(10), Softmax()))
    assert [column_at(found, name) for name in ("input", "relu1", "dense2", "softmax1", "conv2d1", "")] == [
        *(0, 1, 2, 2),
        *(None, None),
    ]


def joined(found) -> list[tuple[str, tuple[int, ...], tuple[tuple[str, int], ...]]]:
    return [(column.name, column.sources, column.lanes) for column in found]


def test_layers_inside_of_a_layer_are_columns_and_it_is_where_they_are_joined():
    block = Residual((Dense(3), Tanh(), Dense(4)))
    found = columns("mlp", (2,), 2, layers=(Dense(4), Tanh(), block, ReLU(), Dense(2), Softmax()))
    assert joined(found) == [
        *(("input", (), ()), ("dense1", (0,), ())),
        ("residual1.dense1", (1,), (("residual1", 0),)),
        ("residual1.dense2", (2,), (("residual1", 0),)),
        *(("residual1", (1, 3), ()), ("dense2", (4,), ())),
    ]
    assert [column.layers for column in found[2:5]] == [
        ("residual1.dense1", "residual1.tanh1"),
        ("residual1.dense2",),
        ("residual1", "relu1"),
    ]
    assert [column.tensor for column in found[2:5]] == ["residual1.dense1.weight", "residual1.dense2.weight", ""]
    assert found[4].joins == block and found[3].joins is None
    assert (readers_of(found, 1), behind(found, 3)) == ((2, 4), (3, 4, 5))


def test_branches_stand_beside_each_other_and_what_bends_numbers_in_one_leaves_the_others_alone():
    layer = Parallel(((ReLU(), Dense(3)), (), (Dense(2), Sigmoid())))
    found = columns("mlp", (2,), 7, layers=(layer, Dense(7), Softmax()))
    assert joined(found)[:5] == [
        ("input", (), ()),
        ("parallel1.branch1.relu1", (0,), (("parallel1", 0),)),
        ("parallel1.branch1.dense1", (1,), (("parallel1", 0),)),
        ("parallel1.branch3.dense1", (0,), (("parallel1", 2),)),
        ("parallel1", (2, 0, 3), ()),
    ]
    assert (found[1].kind, found[1].shape, found[1].tensor) == ("relu", (2,), "")
    assert found[0].words == ()


def test_a_branch_that_begins_with_bending_pictures_has_their_channels():
    layers = (Conv2D(4), Residual((ReLU(), Conv2D(4, padding="same"))), Flatten(), Dense(10), Softmax())
    found = columns("cnn", layers=layers)
    assert [(column.name, column.shape, column.has_channels) for column in found[1:4]] == [
        ("conv2d1", (6, 6, 4), True),
        ("residual1.relu1", (6, 6, 4), True),
        ("residual1.conv2d1", (6, 6, 4), True),
    ]


def test_what_stands_too_deep_is_one_column_with_what_it_holds():
    inner = Residual((Dense(4), Residual((Dense(4), Tanh()))))
    model = MODELS["mlp"](layers=(Dense(4), Parallel(((inner, ReLU()), ())), Dense(10), Softmax())).build((2,), numbered(10))
    for deepest, names in (
        (3, ["branch1.residual1.dense1", "branch1.residual1.residual1.dense1", "branch1.residual1.residual1"]),
        (2, ["branch1.residual1.dense1", "branch1.residual1.residual1"]),
        (1, []),
    ):
        found = columns_of(model, (2,), deepest)
        assert [column.name for column in found[2:-2]] == [f"parallel1.{name}" for name in (*names, "branch1.residual1")]
        folded = [column for column in found if column.folded]
        assert (
            [(column.folded, column.joins) for column in folded] == [] if deepest == 3 else [({2: 2, 1: 4}[deepest], None)]
        )
        assert all(len(column.sources) == 1 for column in folded)
        assert found[-2].sources == (len(found) - 3, 1)
