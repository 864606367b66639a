"""The flat vector and its named views."""

import numpy as np
import pytest

from nnlab.models.parameters import Parameters

SHAPES = {
    "dense1.weight": (4, 3),
    "dense1.bias": (3,),
    "conv1.weight": (2, 2, 3, 5),
    "conv1.bias": (5,),
    "norm1.scale": (5,),
    "dense2.weight": (5, 1),
    "dense2.bias": (1,),
}


@pytest.fixture
def parameters() -> Parameters:
    return Parameters(SHAPES)


def test_the_vector_holds_every_number_once(parameters: Parameters):
    assert parameters.size == len(parameters.values) == len(parameters.gradient) == 12 + 3 + 60 + 5 + 5 + 5 + 1
    covered = np.concatenate([np.arange(parameters.size)[part] for part in parameters.slices.values()])
    np.testing.assert_array_equal(np.sort(covered), np.arange(parameters.size))


def test_a_view_is_a_window_not_a_copy(parameters: Parameters):
    for number, (name, shape) in enumerate(SHAPES.items(), 1):
        assert parameters.view(name).shape == parameters.gradient_view(name).shape == shape
        parameters.view(name)[...] = number
        parameters.gradient_view(name)[...] = -number
    for number, name in enumerate(SHAPES, 1):
        assert (parameters.values[parameters.slices[name]] == number).all()
        assert (parameters.gradient[parameters.slices[name]] == -number).all()


def test_weights_come_before_biases_each_in_the_order_of_the_layers(parameters: Parameters):
    order = sorted(parameters.slices, key=lambda name: parameters.slices[name].start)
    assert order == [
        "dense1.weight",
        "conv1.weight",
        "dense2.weight",
        "dense1.bias",
        "conv1.bias",
        "norm1.scale",
        "dense2.bias",
    ]


def test_exactly_the_tensors_of_two_axes_and_more_decay(parameters: Parameters):
    parameters.values[parameters.decaying] = 1
    for name, shape in SHAPES.items():
        assert (parameters.view(name) == (len(shape) >= 2)).all()


@pytest.mark.parametrize(("shapes", "count"), [({}, 0), ({"scale": (4,)}, 0), ({"weight": (2, 3)}, 6)])
def test_the_decaying_slice_where_one_sort_is_missing(shapes, count: int):
    parameters = Parameters(shapes)
    assert len(parameters.values[parameters.decaying]) == count


def test_a_flat_index_leads_back_to_name_and_position(parameters: Parameters):
    for name, shape in SHAPES.items():
        for position in np.ndindex(shape):
            index = parameters.slices[name].start + int(np.ravel_multi_index(position, shape))
            assert parameters.name_at(index) == (name, position)


def test_a_flat_index_outside_is_an_error(parameters: Parameters):
    with pytest.raises(IndexError, match="91"):
        parameters.name_at(parameters.size)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_vectors_are_contiguous_aligned_and_zero(dtype):
    parameters = Parameters(SHAPES, dtype)
    assert parameters.dtype == dtype
    for vector in (parameters.values, parameters.gradient):
        assert vector.dtype == dtype
        assert vector.flags.c_contiguous
        assert vector.ctypes.data % 64 == 0
        assert not vector.any()
    assert not np.shares_memory(parameters.values, parameters.gradient)
