"""Every kind of layer as ONNX operators: what ONNX Runtime makes of a batch is what the layer itself makes of it."""

import numpy as np
import pytest

from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.onnx.graph import Flow, Graph
from nnlab.experiments.exports.onnx.layers import ONNX_LAYERS, Place, written
from nnlab.models.layers import LAYERS, Role
from nnlab.models.layers.activations import ReLU
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.pool2d import MaxPool2D
from tests.models.cases import LAYER_CASES, Bench, LayerCase, inputs_of
from tests.sentences import assert_one_sentence


def started(case: LayerCase) -> Bench:
    """While predicting, with tensors none of which is what it begins with: a variance that is used is not 1."""
    bench = Bench(case, np.float32, training=False)
    rng = np.random.default_rng(3)
    for vector in (bench.parameters.values, bench.buffers.values):
        vector[...] = rng.uniform(0.5, 1.5, vector.shape) * np.where(vector < 0, -1, 1)
    return bench


def graph_of(case: LayerCase, bench: Bench) -> Graph:
    """The layer alone between a door and an end."""
    graph = Graph()
    tensors = bench.work.parameters | bench.work.buffers
    x = written(Place(graph, "layer1", case.layer, tensors), graph.add_input("x", np.float32, case.input_shape))
    graph.add_output("y", graph.in_public_order(x).name, np.float32, x.shape)
    return graph


def test_every_kind_of_layer_has_a_row_or_lets_numbers_through():
    passed = {kind for kind, layer in LAYERS.items() if layer.role in (Role.MARKS, Role.CHARGES, Role.DISTURBS)}
    assert set(ONNX_LAYERS) == set(LAYERS) - passed


@pytest.mark.peers
@pytest.mark.parametrize("case", LAYER_CASES, ids=str)
def test_onnx_runtime_makes_of_a_batch_what_the_layer_makes_of_it(case: LayerCase):
    from nnlab.experiments.exports.onnx.encoding import onnx_bytes
    from tests.experiments.exports.onnx.runtime import assert_close, run, shapes_of

    bench, x = started(case), inputs_of(case, dtype=np.float32)
    content = onnx_bytes(graph_of(case, bench), "layer", "", {})
    assert_close(run(content, x)["y"], np.ascontiguousarray(bench.forward(x)))
    assert shapes_of(content)["y"] == ["N", *case.output_shape]


def test_a_layer_without_a_row_is_named_with_those_that_have_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(ONNX_LAYERS, "conv2d")
    with pytest.raises(UnsupportedExportError) as caught:
        written(Place(Graph(), "conv2d1", Conv2D(2), {}), Flow("x", (4, 4, 1)))
    assert_one_sentence(caught.value, "conv2d1: a layer of kind conv2d cannot be written as ONNX", "dense", "relu")


def test_numbers_that_lie_as_a_convolution_wants_them_are_not_turned_again():
    case = LayerCase(Conv2D(2), (6, 6, 1), (4, 4, 2))
    bench, graph = started(case), Graph()
    x = graph.add_input("x", np.float32, (6, 6, 1))
    for name, layer in (("conv2d1", case.layer), ("relu1", ReLU()), ("max_pool2d1", MaxPool2D())):
        x = written(Place(graph, name, layer, bench.work.parameters), x)
    assert [node.op for node in graph.nodes] == ["Transpose", "Conv", "Relu", "MaxPool"]
    assert [node.name for node in graph.nodes] == ["x/Transpose", "conv2d1/Conv", "relu1/Relu", "max_pool2d1/MaxPool"]
    assert set(graph.constants) == {"conv2d1.weight", "conv2d1.bias"}
