"""What layers say of themselves, held against their numbers: every fact of every row in LAYER_CASES."""

import math
from itertools import pairwise

import numpy as np
import pytest

from nnlab.errors import ShapeError
from nnlab.models.arrays import Array, Shape
from nnlab.models.layers import LAYERS, Layer, Role
from nnlab.models.layers.combined import Combined
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from tests.models.cases import LAYER_CASES, Bench, LayerCase, inputs_of
from tests.models.products import counted
from tests.models.symbols import value_of

FAR = 40.0


@pytest.fixture(params=LAYER_CASES, ids=str)
def case(request: pytest.FixtureRequest) -> LayerCase:
    return request.param


def predicting(case: LayerCase) -> Bench:
    """With parameters and buffers none of which is zero, or alike."""
    bench = Bench(case, training=False)
    rng = np.random.default_rng(6)
    bench.parameters.values += rng.normal(size=bench.parameters.size)
    bench.buffers.values += rng.uniform(0.1, 0.9, bench.buffers.size)
    return bench


def tensors_of(bench: Bench) -> dict[str, Array]:
    return {
        name.replace(".", "_"): holder.view(name) for holder in (bench.parameters, bench.buffers) for name in holder.shapes
    }


def wide_inputs(case: LayerCase, batch: int = 400) -> Array:
    return FAR * np.random.default_rng(7).normal(size=(batch, *case.input_shape))


def far_inputs(case: LayerCase, sign: int) -> Array:
    """Far out on one side, no two alike."""
    count = math.prod(case.input_shape)
    return sign * FAR * np.arange(1, count + 1, dtype=float).reshape(1, *case.input_shape)


def rows_of(kind: str) -> list[LayerCase]:
    return [case for case in LAYER_CASES if case.layer.kind == kind]


def test_the_numpy_line_gives_the_layers_output(case: LayerCase):
    bench, x = predicting(case), inputs_of(case)
    line = case.layer.numpy_line(case.input_shape)
    assert "\n" not in line
    y = eval(line, {"np": np, "x": x, **tensors_of(bench)})
    np.testing.assert_allclose(y, bench.forward(x), rtol=1e-12, atol=1e-12)


def test_outputs_stay_in_the_range_and_nearly_reach_its_ends(case: LayerCase):
    y = predicting(case).forward(wide_inputs(case))
    low, high = case.layer.output_range()
    assert y.min() >= low
    assert y.max() <= high
    assert y.min() < (low + 0.01 if math.isfinite(low) else -1.2)
    assert y.max() > (high - 0.01 if math.isfinite(high) else 1.2)


@pytest.mark.parametrize("bounds", [(0.0, 3.0), (-2.0, 0.0), (-0.5, 1.5)], ids=str)
def test_the_range_follows_that_of_the_inputs(case: LayerCase, bounds: tuple[float, float]):
    x = np.random.default_rng(8).uniform(*bounds, (200, *case.input_shape))
    y, (low, high) = predicting(case).forward(x), case.layer.output_range(*bounds)
    assert low - 1e-6 <= y.min()
    assert y.max() <= high + 1e-6


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_keeps_the_sign_of_its_inputs_if_no_row_turns_it(kind: str):
    keeps = all(case.layer.output_range(0.0, math.inf)[0] >= 0 for case in rows_of(kind))
    assert keeps == all(predicting(case).forward(np.abs(wide_inputs(case))).min() >= 0 for case in rows_of(kind))


def test_the_slope_is_nothing_where_it_is_said_to_be_and_nowhere_else_far_out(case: LayerCase):
    if case.layer.role is not Role.ACTIVATES:
        assert case.layer.flat_outputs == ()
        return
    found: set[float] = set()
    for sign in (-1, 1):
        bench = predicting(case)
        y = bench.forward(far_inputs(case, sign)).copy()
        slopes = np.abs(bench.backward(np.random.default_rng(9).uniform(1, 2, y.shape)))
        assert ((slopes < 1e-6) | (slopes > 1e-3)).all()
        found |= {round(float(value), 6) for value in y[slopes < 1e-6]}
    assert tuple(sorted(found)) == pytest.approx(case.layer.flat_outputs)


def test_a_unit_learns_where_it_is_not_flat(case: LayerCase):
    bench = predicting(case)
    y = bench.forward(np.full((1, *case.input_shape), 0.3)).copy()
    slopes = bench.backward(np.random.default_rng(9).uniform(1, 2, y.shape))
    assert np.abs(slopes).max() > 0.01


def changed_by_one(case: LayerCase, place: int) -> set[int]:
    """Which numbers of an example's output change with one of its input."""
    bench, x = predicting(case), inputs_of(case, batch=1)
    before = bench.forward(x).ravel().copy()
    other = x.copy()
    other.ravel()[place] += 0.7
    return set(np.flatnonzero(bench.forward(other).ravel() != before).tolist())


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_is_elementwise_if_each_number_depends_on_the_one_in_its_place(kind: str):
    rows = rows_of(kind)
    as_many = all(math.prod(case.output_shape) == math.prod(case.input_shape) for case in rows)
    places = [(case, place) for case in rows for place in range(math.prod(case.input_shape))]
    alone = all(changed_by_one(case, place) <= {place} for case, place in places)
    assert LAYERS[kind].is_elementwise == (as_many and alone)


@pytest.mark.parametrize("kind", LAYERS)
def test_a_layer_changes_nothing_if_all_numbers_come_out_as_they_went_in(kind: str):
    def passes_all(case: LayerCase) -> bool:
        x = inputs_of(case)
        return np.array_equal(predicting(case).forward(x).ravel(), x.ravel())

    assert LAYERS[kind].role.changes_nothing == all(map(passes_all, rows_of(kind)))


@pytest.mark.parametrize("kind", LAYERS)
def test_what_a_layer_does_is_its_role(kind: str):
    layer, rows = LAYERS[kind], rows_of(kind)
    if issubclass(layer, Combined):
        assert layer.role is Role.FORMS
        return
    assert (layer.role is Role.DISTURBS) == any(case.draws for case in rows)
    assert (layer.role is Role.CHARGES) == (layer.penalty is not Layer.penalty)
    assert (layer.role is Role.NORMALISES) == any(case.layer.buffer_shapes(case.input_shape) for case in rows)
    reshapes = layer.role.changes_nothing and any(case.input_shape != case.output_shape for case in rows)
    assert (layer.role is Role.RESHAPES) == reshapes
    assert layer.role is not Role.FORMS or not layer.is_elementwise
    assert layer.role is not Role.ACTIVATES or all(case.input_shape == case.output_shape for case in rows)


@pytest.mark.parametrize("kind", LAYERS)
def test_filters_have_four_axes_and_make_pictures_of_pictures(kind: str):
    layer, rows = LAYERS[kind], rows_of(kind)
    weights = [case.layer.parameter_shapes(case.input_shape).get("weight", ()) for case in rows]
    assert layer.has_filters == any(len(shape) == 4 for shape in weights)
    for case in rows:
        assert case.layer.takes_pictures == refuses_vectors(case.layer)
        assert case.layer.maps == Layer.maps or case.layer.takes_pictures


@pytest.mark.parametrize("kind", LAYERS)
def test_what_takes_rows_refuses_all_else(kind: str):
    for case in rows_of(kind):
        shapes = [case.input_shape] if len(case.input_shape) > 1 else [(1, size) for size in range(1, 100)]
        assert case.layer.takes_rows == all(refuses(case.layer, shape) for shape in shapes)


@pytest.mark.parametrize("kind", LAYERS)
def test_smaller_forms_take_ever_smaller_pictures_down_to_one_pixel(kind: str):
    for case in rows_of(kind):
        forms = case.layer.smaller_forms
        # None is there of what takes any picture, and the others end where a single pixel is enough.
        least = [next(size for size in range(1, 100) if not refuses(form, (size, size, 1))) for form in forms]
        assert least == sorted(least, reverse=True) and least[-1:] in ([], [1])
        assert all(type(form) is type(case.layer) and form != case.layer for form in forms)


def test_whatever_is_too_large_for_a_picture_has_smaller_forms():
    for layer in (Conv2D(kernel=5), MaxPool2D(5), AveragePool2D(5)):
        assert refuses(layer, (4, 4, 1)) and not refuses(layer.smaller_forms[0], (4, 4, 1))


def refuses(layer: Layer, shape: Shape) -> bool:
    try:
        layer.output_shape(shape)
    except ShapeError:
        return True
    return False


def refuses_vectors(layer: Layer) -> bool:
    for size in range(1, 100):
        try:
            layer.output_shape((size,))
        except ShapeError:
            continue
        return False
    return True


def test_the_equation_of_a_number_gives_what_comes_out(case: LayerCase):
    if case.layer.role is Role.FORMS:
        return
    bench, x = predicting(case), inputs_of(case)
    y = bench.forward(x).reshape(len(x), -1)
    tensors = tensors_of(bench)
    for place in range(y.shape[1]):
        own = {name: float(tensor[place % tensor.size]) for name, tensor in tensors.items()}
        equation = case.layer.equation(own)
        for example, z in enumerate(x.reshape(len(x), -1)):
            found = value_of(equation, float(z[place]), z)
            assert found == pytest.approx(float(y[example, place]), rel=2e-3, abs=2e-4), equation


@pytest.mark.parametrize("case", [case for case in LAYER_CASES if case.layer.learns], ids=str)
def test_outputs_answer_to_every_parameter_as_its_derivative_says(case: LayerCase):
    if isinstance(case.layer, Combined):
        # What it learns is what the layers inside of it learn, each with a row of its own.
        return
    bench, x = predicting(case), inputs_of(case, batch=1)
    multiplied = {0.0, *x.ravel().round(9).tolist()}
    for name in bench.parameters.shapes:
        values = bench.parameters.view(name)
        for place in range(values.size):
            slopes = slopes_by(bench, x, values.reshape(-1), place).ravel()
            own = {key: float(tensor.ravel()[place % tensor.size]) for key, tensor in tensors_of(bench).items()}
            equation = case.layer.derivative(name, own)
            assert equation, f"say what {case.layer.kind}'s outputs do as its {name} changes: derivative"
            channel = np.arange(slopes.size) % values.shape[-1] == place % values.shape[-1]
            assert not slopes[~channel].any()
            if equation == "x":
                assert {float(slope) for slope in slopes[channel].round(6)} <= {round(value, 6) for value in multiplied}
                continue
            z = x.ravel() if case.layer.is_elementwise else np.zeros(slopes.size)
            expected = [value_of(equation, float(number)) for number in z[channel]]
            np.testing.assert_allclose(slopes[channel], expected, rtol=2e-3, atol=2e-4)


def slopes_by(bench: Bench, x: Array, values: Array, place: int) -> Array:
    """d outputs / d a parameter, by central differences."""
    outputs = []
    for change in (1e-4, -2e-4):
        values[place] += change
        outputs.append(bench.forward(x).copy())
    values[place] += 1e-4
    return (outputs[0] - outputs[1]) / 2e-4


@pytest.mark.parametrize("input_gradient", [True, False])
def test_a_layers_products_are_those_of_its_matrices(case: LayerCase, input_gradient: bool, monkeypatch: pytest.MonkeyPatch):
    bench, x = Bench(case), inputs_of(case)
    bench.work.input_gradient_wanted = input_gradient
    with counted(monkeypatch) as made:
        y = bench.forward(x)
        assert made.count == len(x) * case.layer.multiply_adds(case.input_shape)
        bench.backward(y.copy())
    assert made.count == len(x) * case.layer.step_multiply_adds(case.input_shape, input_gradient)


def test_ranges_are_in_order(case: LayerCase):
    for low, high in pairwise((-math.inf, -1.0, 0.0, 2.0, math.inf)):
        least, most = case.layer.output_range(low, high)
        assert least <= most
