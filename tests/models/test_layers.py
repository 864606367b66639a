"""Every layer, from its row in LAYER_CASES; then what only some layers promise."""

import tomllib

import numpy as np
import pytest
import tomli_w

from nnlab.errors import SettingError
from nnlab.models.layers import LAYERS, layer_from_table
from tests.models.cases import LAYER_CASES, Bench, LayerCase, batch_innermost, inputs_of, output_gradient_of

EPSILON = 1e-6
ORDERS = [np.ascontiguousarray, batch_innermost]


@pytest.fixture(params=LAYER_CASES, ids=str)
def case(request: pytest.FixtureRequest) -> LayerCase:
    return request.param


def test_every_layer_has_a_row():
    assert {case.layer.kind for case in LAYER_CASES} == set(LAYERS)


def test_every_layer_is_filed_under_its_own_kind():
    assert all(layer.kind == kind for kind, layer in LAYERS.items())


def test_the_output_has_the_declared_shape(case: LayerCase):
    assert case.layer.output_shape(case.input_shape) == case.output_shape
    assert Bench(case).forward(inputs_of(case)).shape == (5, *case.output_shape)


def test_the_input_gradient_is_the_slope_of_the_output(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    bench.forward(x)
    dx = bench.backward(dy).copy()
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=x.shape)
        above = bench.objective(x + EPSILON * direction, dy)
        below = bench.objective(x - EPSILON * direction, dy)
        assert (dx * direction).sum() == pytest.approx((above - below) / (2 * EPSILON), rel=1e-6, abs=1e-8)


def test_the_parameter_gradient_is_the_slope_of_the_output(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    values = bench.parameters.values
    values += np.random.default_rng(5).normal(size=values.shape)
    bench.forward(x)
    bench.backward(dy)
    gradient, start = bench.parameters.gradient.copy(), values.copy()
    for seed in range(3):
        direction = np.random.default_rng(seed).normal(size=values.shape)
        values[...] = start + EPSILON * direction
        above = bench.objective(x, dy)
        values[...] = start - EPSILON * direction
        below = bench.objective(x, dy)
        assert (gradient * direction).sum() == pytest.approx((above - below) / (2 * EPSILON), rel=1e-6, abs=1e-8)


def test_the_gradient_replaces_what_the_last_batch_left(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    bench.forward(x)
    bench.backward(dy)
    once = bench.parameters.gradient.copy()
    bench.forward(x)
    bench.backward(dy)
    np.testing.assert_array_equal(bench.parameters.gradient, once)


def test_a_batch_gives_what_its_examples_give_alone(case: LayerCase):
    x = inputs_of(case)
    together = Bench(case, training=False).forward(x).copy()
    alone = [Bench(case, training=False).forward(x[position : position + 1]) for position in range(len(x))]
    np.testing.assert_allclose(together, np.concatenate(alone), rtol=1e-12, atol=1e-14)


def test_neither_inputs_nor_output_gradient_are_modified(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    x.flags.writeable = dy.flags.writeable = False
    bench.forward(x)
    bench.backward(dy)
    np.testing.assert_array_equal(x, inputs_of(case))
    np.testing.assert_array_equal(dy, output_gradient_of(case))


def test_parameters_are_only_read(case: LayerCase):
    bench = Bench(case)
    before = bench.parameters.values.copy()
    bench.forward(inputs_of(case))
    bench.backward(output_gradient_of(case))
    np.testing.assert_array_equal(bench.parameters.values, before)


# What is drawn lies as the batch lies: the stream is the same, but not which number gets which part of it.
@pytest.mark.parametrize("case", [case for case in LAYER_CASES if not case.draws], ids=str)
@pytest.mark.parametrize("order_of_x", ORDERS, ids=["x by example", "x by feature"])
@pytest.mark.parametrize("order_of_dy", ORDERS, ids=["dy by example", "dy by feature"])
def test_the_order_in_memory_changes_no_number(case: LayerCase, order_of_x, order_of_dy):
    plain, other = Bench(case), Bench(case)
    x, dy = inputs_of(case), output_gradient_of(case)
    y, dx = plain.forward(x), plain.backward(dy)
    np.testing.assert_allclose(other.forward(order_of_x(x)), y, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(other.backward(order_of_dy(dy)), dx, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(other.parameters.gradient, plain.parameters.gradient, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("order_of_x", ORDERS, ids=["x by example", "x by feature"])
@pytest.mark.parametrize("order_of_dy", ORDERS, ids=["dy by example", "dy by feature"])
@pytest.mark.parametrize("case", [case for case in LAYER_CASES if case.draws], ids=str)
def test_what_is_drawn_for_an_input_is_drawn_for_its_gradient_in_any_order(case: LayerCase, order_of_x, order_of_dy):
    # Which number gets which part of the stream follows the order in memory; that both passes agree does not.
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    above, below = (bench.forward(order_of_x(x + sign * EPSILON * dy)).copy() for sign in (1, -1))
    bench.forward(order_of_x(x))
    np.testing.assert_allclose(bench.backward(order_of_dy(dy)), (above - below) / (2 * EPSILON), rtol=1e-6, atol=1e-8)


def test_the_same_seed_gives_the_same_bits(case: LayerCase):
    results = []
    for _ in range(2):
        bench = Bench(case, np.float32, seed=9)
        y = bench.forward(inputs_of(case, dtype=np.float32)).tobytes()
        dx = bench.backward(output_gradient_of(case, dtype=np.float32)).tobytes()
        results.append((bench.parameters.values.tobytes(), y, dx, bench.parameters.gradient.tobytes()))
    assert results[0] == results[1]


def test_another_seed_starts_elsewhere(case: LayerCase):
    one, other = Bench(case, seed=1).parameters, Bench(case, seed=2).parameters
    if "weight" in one.shapes:
        assert one.values.tobytes() != other.values.tobytes()


def test_what_is_drawn_depends_on_seed_and_step_while_training_alone(case: LayerCase):
    x = inputs_of(case)
    outputs = {}
    for seed, step, training in ((1, 1, True), (1, 2, True), (2, 1, True), (1, 1, False), (2, 2, False)):
        bench = Bench(case, seed=0, training=training)
        bench.work.circumstances.seed, bench.work.circumstances.step = seed, step
        outputs[seed, step, training] = bench.forward(x).tobytes()
    assert outputs[1, 1, False] == outputs[2, 2, False]
    drawn = {outputs[key] for key in outputs if key[2]}
    assert len(drawn) == (3 if case.draws else 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_kept_all_the_way(case: LayerCase, dtype):
    bench = Bench(case, dtype)
    assert bench.forward(inputs_of(case, dtype=dtype)).dtype == dtype
    assert bench.backward(output_gradient_of(case, dtype=dtype)).dtype == dtype


def test_arrays_are_used_again_for_the_next_batch(case: LayerCase):
    bench, x, dy = Bench(case), inputs_of(case), output_gradient_of(case)
    y, dx = bench.forward(x), bench.backward(dy)
    assert np.shares_memory(bench.forward(x), y)
    assert np.shares_memory(bench.backward(dy), dx)


def test_a_layer_comes_back_from_its_line_in_a_file(case: LayerCase):
    text = tomli_w.dumps({"layers": [case.layer.to_table()]})
    assert layer_from_table(tomllib.loads(text)["layers"][0], "line 1") == case.layer


@pytest.mark.parametrize("kind", LAYERS)
def test_the_bare_name_is_the_layer_with_its_defaults(kind: str):
    assert layer_from_table(kind, "line 1") == LAYERS[kind]()
    assert layer_from_table(LAYERS[kind]().to_table(), "line 1") == LAYERS[kind]()


def test_an_unknown_layer_names_its_place_and_the_nearest():
    with pytest.raises(SettingError, match=r"model\.layers\.1.*'dens'.*did you mean 'dense'"):
        layer_from_table("dens", "model.layers.1")


def test_a_line_without_a_kind_names_its_place():
    with pytest.raises(SettingError, match=r"^model\.layers\.2: .*kind"):
        layer_from_table({"units": 3}, "model.layers.2")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"kind": "dense", "units": 0}, ("model.layers.0.units (dense): ", "at least 1")),
        ({"kind": "dense", "units": 2.5}, ("model.layers.0.units (dense): ", "whole number")),
        ({"kind": "dense", "unit": 3}, ("model.layers.0.unit (dense): ", "did you mean 'units'")),
        ({"kind": "dense", "initializer": "hee"}, ("model.layers.0.initializer (dense): ", "did you mean 'he'")),
        ({"kind": "relu", "units": 3}, ("model.layers.0.units (relu): ")),
    ],
)
def test_a_wrong_setting_of_a_layer_names_place_layer_and_setting(table, words):
    with pytest.raises(SettingError) as caught:
        layer_from_table(table, "model.layers.0")
    assert all(word in str(caught.value) for word in words)
