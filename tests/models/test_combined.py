"""Layers of layers: what they add to the layers inside, by names, by hand, and where they do not fit."""

import tomllib
from dataclasses import replace

import numpy as np
import pytest
import tomli_w

from nnlab.errors import SettingError, ShapeError
from nnlab.models import model_from_table
from nnlab.models.layers import Layer, layer_from_table
from nnlab.models.layers.activations import ReLU, Softmax, Tanh
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.combined import DEEPEST
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.noise import Dropout
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.residual import Residual
from nnlab.models.layers.shape import Code
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.losses import LOSSES
from nnlab.models.network import Network
from nnlab.targets import Values
from tests.models.cases import Bench, LayerCase, inputs_of

DENSE = {"kind": "dense", "units": 4}


def network(*layers: Layer, inputs: int = 4) -> Network:
    return Network((*layers, Dense(2)), (inputs,), LOSSES["mean_squared_error"], Values(("a", "b")))


def nested(depth: int) -> dict[str, object]:
    table: dict[str, object] = {"kind": "dense", "units": 4}
    for _ in range(depth):
        table = {"kind": "residual", "layers": [table]}
    return table


def test_parameters_go_by_the_names_of_all_that_they_stand_in():
    model = network(Dense(4), Residual((Dense(4), ReLU(), Dense(4))), Parallel(((Dense(3),), (Residual((Dense(4),)),))))
    assert list(model.parameters.shapes) == [
        *("dense1.weight", "dense1.bias"),
        *("residual1.dense1.weight", "residual1.dense1.bias", "residual1.dense2.weight", "residual1.dense2.bias"),
        *("parallel1.branch1.dense1.weight", "parallel1.branch1.dense1.bias"),
        *("parallel1.branch2.residual1.dense1.weight", "parallel1.branch2.residual1.dense1.bias"),
        *("dense2.weight", "dense2.bias"),
    ]


def test_a_residual_by_hand():
    case = LayerCase(Residual((Dense(2), ReLU())), (2,), (2,))
    bench = Bench(case)
    bench.parameters.view("dense1.weight")[...] = [[1, -1], [2, 0]]
    bench.parameters.view("dense1.bias")[...] = [0.5, 0]
    np.testing.assert_allclose(bench.forward(np.array([[1.0, 2.0]])), [[1 + 5.5, 2 + 0]])
    np.testing.assert_allclose(bench.backward(np.array([[1.0, 1.0]])), [[1 + 1, 1 + 2]])
    np.testing.assert_allclose(bench.parameters.gradient_view("dense1.weight"), [[1, 0], [2, 0]])


@pytest.mark.parametrize("merge", ["concatenate", "sum"])
def test_branches_by_hand(merge: str):
    case = LayerCase(Parallel(((), (Tanh(),)), merge), (2,), (4,))
    x = np.array([[1.0, -2.0]])
    expected = [[1, -2, *np.tanh([1, -2])]] if merge == "concatenate" else x + np.tanh(x)
    np.testing.assert_allclose(Bench(case).forward(x), expected)


def test_a_layer_more_inside_changes_no_start_of_the_others():
    short = network(Residual((Dense(4), ReLU())))
    long = network(Residual((Dense(4), ReLU(), Dense(4))))
    for name in ("residual1.dense1.weight", "dense1.weight"):
        np.testing.assert_array_equal(short.parameters.view(name), long.parameters.view(name))
    assert not np.array_equal(
        long.parameters.view("residual1.dense1.weight"), long.parameters.view("residual1.dense2.weight")
    )


def test_noise_inside_draws_by_its_own_name():
    layer = Residual((Dropout(), Residual((Dropout(),))))
    bench = Bench(LayerCase(layer, (50,), (50,)))
    bench.forward(np.ones((4, 50)))
    outer = bench.work.inner("dropout1")
    inner = bench.work.inner("residual1").inner("dropout1")
    assert (outer.name, inner.name) == ("layer1.dropout1", "layer1.residual1.dropout1")
    assert not np.array_equal(outer.like("mask", outer.x), inner.like("mask", inner.x))


def test_charges_inside_are_added_to_the_loss():
    x, t = np.random.default_rng(0).normal(size=(6, 4)), np.zeros((6, 2))
    free, charged = network(Residual((Dense(4),))), network(Residual((Dense(4), ActivityL1(0.5))))
    extra = charged.loss_and_gradient(x, t).loss - free.loss_and_gradient(x, t).loss
    weight, bias = (charged.parameters.view(f"residual1.dense1.{name}") for name in ("weight", "bias"))
    assert extra == pytest.approx(0.5 * np.abs(x @ weight + bias).sum() / 6, rel=1e-5)


def test_what_the_layers_inside_need_and_do_is_said_of_the_whole():
    plain, mixing = Residual((Dense(4), ReLU())), Parallel(((Dense(4),), (Residual((BatchNorm(),)),)))
    assert (plain.mixes_examples, mixing.mixes_examples) == (False, True)
    assert (plain.smallest_batch((4,)), mixing.smallest_batch((4,))) == (1, 2)
    assert Residual((KLSparsity(),)).mixes_examples
    assert (plain.exchanged_numbers((4,)), mixing.exchanged_numbers((4,))) == (0, 8)
    assert (plain.learns, Residual((ReLU(),)).learns) == (True, False)
    assert Residual((Conv2D(1, padding="same"),)).takes_pictures
    assert plain.held_numbers((4,)) > Dense(4).held_numbers((4,)) + ReLU().held_numbers((4,))
    assert network(mixing).buffers.shapes == {
        "parallel1.branch2.residual1.batch_norm1.mean": (4,),
        "parallel1.branch2.residual1.batch_norm1.variance": (4,),
    }


def test_running_figures_inside_follow_the_batches():
    model = network(Residual((BatchNorm(),)))
    model.loss_and_gradient(np.full((8, 4), 3.0) + np.random.default_rng(0).normal(size=(8, 4)), np.zeros((8, 2)))
    assert (model.buffers.view("residual1.batch_norm1.mean") > 0.1).all()


def test_layers_that_change_the_shape_cannot_be_added_to_their_input():
    with pytest.raises(ShapeError, match=r"layer 1 \(residual1\).* make 3 of the input's 4; .*must agree"):
        network(Residual((Dense(3),)))


@pytest.mark.parametrize("merge", ["concatenate", "sum"])
def test_branches_that_do_not_go_together_say_which(merge: str):
    layer = Parallel(((Conv2D(2, padding="same"),), (Conv2D(3),)), merge)
    with pytest.raises(ShapeError, match=r"branch 1 makes 4 x 4 x 2 of the input's 4 x 4 x 1, branch 2 2 x 2 x 3; "):
        layer.output_shape((4, 4, 1))


def test_an_error_inside_names_every_layer_on_the_way():
    with pytest.raises(ShapeError, match=r"layer 2 \(residual1\): layer 1 \(conv2d1\): conv2d: the input is 4"):
        network(Dense(4), Residual((Conv2D(1),)))


def test_nothing_inside_is_no_residual_and_one_branch_nothing_parallel():
    with pytest.raises(SettingError, match="layers: there are none"):
        Residual(())
    with pytest.raises(SettingError, match="branches: 1 is out of range"):
        Parallel(((Dense(4),),))


def test_a_code_stands_outside():
    with pytest.raises(SettingError, match=r"code .* put it outside"):
        Residual((Code(),))


def test_a_file_says_what_stands_inside_and_with_which_settings():
    text = """layers = [{ kind = "residual", layers = [{ kind = "dense", units = 4 }, "relu"] },
              { kind = "parallel", branches = [[], [{ kind = "residual", layers = ["tanh"] }]], merge = "sum" }]"""
    layers = tuple(layer_from_table(entry, "line") for entry in tomllib.loads(text)["layers"])
    assert layers == (Residual((Dense(4), ReLU())), Parallel(((), (Residual((Tanh(),)),)), "sum"))
    again = tomllib.loads(tomli_w.dumps({"layers": [layer.to_table() for layer in layers]}))["layers"]
    assert tuple(layer_from_table(entry, "line") for entry in again) == layers


def test_a_mistake_inside_names_its_place():
    table = {"kind": "parallel", "branches": [["relu"], [{"kind": "residual", "layers": ["relu", DENSE | {"units": 0}]}]]}
    with pytest.raises(SettingError, match=r"^model\.layers\.3\.branches\.1\.0\.layers\.1\.units \(dense\): .*at least 1"):
        layer_from_table(table, "model.layers.3")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"kind": "residual", "layers": "relu"}, "model.layers.0.layers (residual): expected a list"),
        ({"kind": "residual", "layers": 3}, "model.layers.0.layers (residual): expected a list"),
        ({"kind": "parallel", "branches": ["relu", "tanh"]}, "model.layers.0.layers (parallel): expected a list"),
        ({"kind": "parallel", "branches": 1}, "model.layers.0.branches (parallel): expected lists"),
        ({"kind": "residual", "layers": []}, "model.layers.0.layers (residual): there are none"),
    ],
)
def test_what_is_no_list_of_layers_says_what_would_be_one(table: dict, words: str):
    with pytest.raises(SettingError) as caught:
        layer_from_table(table, "model.layers.0")
    assert str(caught.value).startswith(words)


def test_layers_stand_inside_of_layers_only_so_deep():
    layer_from_table(nested(DEEPEST), "model.layers.0")
    for depth in (DEEPEST + 1, 900):
        with pytest.raises(SettingError, match=f"at most {DEEPEST} deep"):
            layer_from_table(nested(depth), "model.layers.0")


def test_layers_inside_count_among_those_of_the_model():
    many = {"kind": "parallel", "branches": [[{"kind": "residual", "layers": ["relu"] * 600}], ["relu"] * 600]}
    with pytest.raises(SettingError, match=r"1,20. layers; nnlab builds up to 1,000"):
        model_from_table({"kind": "mlp", "layers": [many]})


def test_a_plain_copy_has_the_same_numbers_and_goes_on_alike():
    model = network(Residual((Dense(4), BatchNorm(), Dropout(0.2))), Parallel(((Dense(3), Tanh()), ())))
    copy = model.replica()
    x, t = np.random.default_rng(1).normal(size=(7, 4)), np.ones((7, 2))
    assert model.loss_and_gradient(x, t, 5) == copy.loss_and_gradient(x, t, 5)
    np.testing.assert_array_equal(model.parameters.gradient, copy.parameters.gradient)
    np.testing.assert_array_equal(model.buffers.values, copy.buffers.values)


def test_other_layers_can_be_put_inside():
    layer = Parallel(((Dense(3),), (ReLU(),)), "sum")
    assert layer.with_branches(((), (Tanh(),))) == replace(layer, branches=((), (Tanh(),)))
    assert Residual((Tanh(),)).with_branches(((Softmax(),),)) == Residual((Softmax(),))


@pytest.mark.parametrize("kind", [Residual, Parallel])
@pytest.mark.parametrize("shape", [(7,), (5, 6, 3)])
def test_one_to_begin_with_fits_where_it_is_put(kind: type[Residual | Parallel], shape: tuple[int, ...]):
    layer = kind.suited_to(shape)
    bench = Bench(case := LayerCase(layer, shape, layer.output_shape(shape)))
    assert bench.forward(inputs_of(case)).shape == (5, *case.output_shape)
