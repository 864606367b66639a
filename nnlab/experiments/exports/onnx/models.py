"""The graphs of a model, from raw examples to what it makes of them: the whole, and of one with a code its two halves."""

import numpy as np

from nnlab.experiments.exports.onnx.graph import Flow, Graph, type_number
from nnlab.experiments.exports.onnx.layers import Place, written
from nnlab.experiments.exports.onnx.preparing import in_own_units, scaled
from nnlab.experiments.exports.trained import Trained
from nnlab.models.arrays import Array
from nnlab.models.capabilities import Predicts, coder_of, has_layers, is_machine, predicting
from nnlab.models.layers.role import Role
from nnlab.models.model import Model
from nnlab.models.network import Network
from nnlab.models.rbm import RBM
from nnlab.targets import Values, class_names

# What the tensors at the door and at the ends are called.
INPUT, CODE, RECONSTRUCTION = "input", "code", "reconstruction"
PROBABILITIES, SCORES, LABEL, VALUES = "probabilities", "scores", "label", "values"
# What the names begin with of the encoder that a model sees its data through.
_ENCODER = "encoder."


def whole_graph(trained: Trained) -> Graph:
    """Raw examples in; predictions out, or of a model that gives back its input the code and the reconstruction."""
    graph, model = Graph(), trained.model
    x = _entered(graph, trained)
    predictor = predicting(model)
    if predictor is None:
        code = _encoded(graph, model, x)
        reconstruction = _decoded(graph, model, code)
        _add_code(graph, code)
        _add_reconstruction(graph, trained, reconstruction)
    else:
        assert has_layers(model)
        _add_predictions(graph, trained, predictor, _through(graph, model, x, slice(None)))
    return graph


def encoder_graph(trained: Trained) -> Graph:
    """Raw examples in, codes out."""
    graph = Graph()
    _add_code(graph, _encoded(graph, trained.model, _entered(graph, trained)))
    return graph


def decoder_graph(trained: Trained) -> Graph:
    """Codes in, reconstructions out."""
    graph, model, coder = Graph(), trained.model, coder_of(trained.model)
    assert coder is not None
    code = graph.add_input(CODE, np.float32, (coder.dims,), "the code, laid flat")
    if is_machine(model):
        # What lies beyond 0 ... 1 is no state of the machine.
        ends = [graph.constant(f"{CODE}.{name}", np.array(end, np.float32)) for name, end in (("low", 0), ("high", 1))]
        code = Flow(graph.add(CODE, "Clip", code.name, *ends), code.shape)
    _add_reconstruction(graph, trained, _decoded(graph, model, code))
    return graph


def _entered(graph: Graph, trained: Trained) -> Flow:
    """Raw examples at the door, and as the model takes them."""
    door = trained.door
    dtype = np.dtype(door.schema.dtype)
    kind = "bytes 0 ... 255" if dtype == np.uint8 else "numbers as the data has them"
    x = graph.add_input(INPUT, dtype, door.schema.example_shape, f"{kind}; what is done to them first is inside")
    if trained.encoder is None:
        return scaled(graph, "scaling", x, trained.scaling, dtype)
    x = scaled(graph, f"{_ENCODER}scaling", x, door.scaling, dtype)
    code = _flat(graph, f"{_ENCODER}{CODE}", _encoded(graph, door.model, x, _ENCODER))
    return scaled(graph, "scaling", code, trained.scaling, np.dtype(np.float32))


def _encoded(graph: Graph, model: Model, x: Flow, first: str = "") -> Flow:
    """What the model's code is of what comes in."""
    if is_machine(model):
        return _up(graph, model, _flat(graph, f"{first}{INPUT}", x), first)
    assert has_layers(model)
    return _through(graph, model, x, slice(0, _place_of_code(model)), first)


def _decoded(graph: Graph, model: Model, code: Flow) -> Flow:
    """What the model makes of a code, which may be laid flat."""
    if is_machine(model):
        return _down(graph, model, code)
    assert has_layers(model)
    place = _place_of_code(model)
    return _through(graph, model, graph.reshaped(CODE, code, model.shapes[place]), slice(place + 1, None))


def _place_of_code(model: Network) -> int:
    return [layer.role for layer in model.layers].index(Role.MARKS)


def _through(graph: Graph, model: Network, x: Flow, part: slice, first: str = "") -> Flow:
    """Through layers of a network that follow on each other; the first of all sees inputs in the network's shape."""
    if not part.start:
        x = graph.reshaped(f"{first}{INPUT}", x, model.input_shape)
    for name, layer in list(zip(model.names, model.layers, strict=True))[part]:
        x = written(Place(graph, f"{first}{name}", layer, model.tensors_of(name), _shared(model, name, first)), x)
    return x


def _shared(model: Network, name: str, first: str) -> tuple[str, Array] | None:
    """The encoder's tensor that a tied layer of a decoder multiplies by, transposed."""
    tensor, is_transposed = model.weights_of(name)
    return (f"{first}{tensor}", model.parameters.view(tensor)) if is_transposed else None


def _up(graph: Graph, machine: RBM, v: Flow, first: str) -> Flow:
    """p(h = 1 | v) = sigmoid(v W + b)."""
    where = f"{first}{machine.names[0]}"
    weight, bias = (
        graph.constant(f"{where}.weight", machine.weight),
        graph.constant(f"{where}.hidden_bias", machine.hidden_bias),
    )
    z = graph.add(f"{where}.hidden", "Gemm", v.name, weight, bias)
    return Flow(graph.add(f"{where}.hidden", "Sigmoid", z), (machine.hidden,))


def _down(graph: Graph, machine: RBM, h: Flow) -> Flow:
    """E(v | h) = sigmoid(h W^T + a), of Gaussian units h W^T + a."""
    where = machine.names[0]
    weight = graph.constant(f"{where}.weight", machine.weight)
    bias = graph.constant(f"{where}.visible_bias", machine.visible_bias)
    z = graph.add(f"{where}.visible", "Gemm", h.name, weight, bias, transB=1)
    mean = z if machine.settings.is_gaussian else graph.add(f"{where}.visible", "Sigmoid", z)
    return Flow(mean, (machine.visible,))


def _flat(graph: Graph, where: str, x: Flow) -> Flow:
    return graph.reshaped(where, x, (int(np.prod(x.shape)),))


def _add_code(graph: Graph, code: Flow) -> None:
    flat = _flat(graph, CODE, code)
    graph.add_output(CODE, flat.name, np.float32, flat.shape, "the code, laid flat")


def _add_reconstruction(graph: Graph, trained: Trained, made: Flow) -> None:
    """In the shape of an example, and in the range that the model sees."""
    shape = trained.schema.example_shape
    made = graph.in_public_order(graph.reshaped(RECONSTRUCTION, made, shape))
    words = f"the input as the model gives it back, {trained.scaling.words or 'as it came in'}"
    graph.add_output(RECONSTRUCTION, made.name, np.float32, shape, words)


def _add_predictions(graph: Graph, trained: Trained, predictor: Predicts, outputs: Flow) -> None:
    """Values in the data's own units; or probabilities or scores of the classes, and the class that they name."""
    targets = predictor.targets
    if isinstance(targets, Values):
        values = trained.scaling.values
        if values is None:
            graph.add_output(VALUES, outputs.name, np.float32, outputs.shape, ", ".join(targets.names))
        else:
            own = in_own_units(graph, VALUES, outputs, values)
            graph.add_output(VALUES, own.name, np.float64, own.shape, f"{', '.join(targets.names)}, in the data's own units")
        return
    names = class_names(targets)
    label = _label(graph, predictor, outputs)
    name = PROBABILITIES if predictor.gives_probabilities else SCORES
    told = names if outputs.shape[0] == len(names) else names[1:]
    graph.add_output(name, outputs.name, np.float32, outputs.shape, f"of the classes {', '.join(told)}")
    graph.add_output(LABEL, label, np.int64, (), f"0 ... {len(names) - 1}: {', '.join(names)}")


def _label(graph: Graph, predictor: Predicts, outputs: Flow) -> str:
    """The largest output's number; a single output against the threshold."""
    if outputs.shape[0] > 1:
        return graph.add(LABEL, "ArgMax", outputs.name, axis=1, keepdims=0)
    threshold = graph.constant(f"{LABEL}.threshold", np.array(predictor.threshold, np.float32))
    above = graph.add(LABEL, "Greater", outputs.name, threshold)
    number = graph.add(LABEL, "Cast", above, to=type_number(np.int64))
    return graph.add(LABEL, "Squeeze", number, graph.constant(f"{LABEL}.axes", np.array([1], np.int64)))
