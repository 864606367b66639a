"""From a graph to the bytes of an ONNX file, checked, and with the shape of every tensor in it."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from nnlab import __version__
from nnlab.errors import SaveError
from nnlab.experiments.exports.onnx.graph import Graph, Port, type_number
from nnlab.optional import required

# The name of the axis that is free.
BATCH = "N"
# Protocol buffers hold no more in one message.
_MOST_BYTES = 2**31 - 2**20


def onnx_bytes(graph: Graph, title: str, words: str, metadata: Mapping[str, str]) -> bytes:
    """The content of the file: the graph under its title, told of in `words`.

    Raises SaveError where one file cannot hold it, and where what was written is not as ONNX wants it.
    """
    size = sum(numbers.nbytes for numbers in graph.constants.values())
    if size > _MOST_BYTES:
        raise SaveError(f"the model's numbers take {size / 1e9:.1f} GB, and an ONNX file holds up to 2.1; use fewer units")
    onnx = required("onnx")
    model = _model(onnx, graph, _plain(title), _plain(words))
    onnx.helper.set_model_props(model, {name: _plain(text) for name, text in metadata.items()})
    try:
        onnx.checker.check_model(model, full_check=True)
        # With the shapes written down readers show them along the edges.
        model = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise SaveError(f"this model cannot be written as ONNX: {error}") from None
    return bytes(model.SerializeToString())


def _model(onnx: ModuleType, graph: Graph, title: str, words: str) -> Any:
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    nodes = [
        helper.make_node(node.op, list(node.inputs), [node.output], node.name, **node.attributes) for node in graph.nodes
    ]
    constants = [numpy_helper.from_array(numbers, name) for name, numbers in graph.constants.items()]
    inputs, outputs = ([_port(helper, port) for port in ports] for ports in (graph.inputs, graph.outputs))
    operators = [helper.make_opsetid("", graph.opset)]
    return helper.make_model(
        helper.make_graph(nodes, title, inputs, outputs, constants, words),
        producer_name="nnlab",
        producer_version=__version__,
        opset_imports=operators,
        # The oldest that knows these operators: whoever reads them can read it.
        ir_version=helper.find_min_ir_version_for(operators),
    )


def _port(helper: Any, port: Port) -> Any:
    return helper.make_tensor_value_info(port.name, type_number(port.dtype), [BATCH, *port.shape], _plain(port.words))


def _plain(text: str) -> str:
    """A name may hold bytes that are no characters."""
    return text.encode(errors="replace").decode()
