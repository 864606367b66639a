"""What is done to numbers on their way into a model and out of it: scaling, and for values to be told its inverse."""

import numpy as np

from nnlab.datasets.scaling import Scaling
from nnlab.datasets.value_scaling import ValueScaling
from nnlab.experiments.exports.onnx.graph import Flow, Graph, type_number

_SINGLE, _DOUBLE = type_number(np.float32), type_number(np.float64)


def scaled(graph: Graph, where: str, x: Flow, scaling: Scaling, dtype: np.dtype[np.generic]) -> Flow:
    """x' = factor x + offset as float32, in the precision that the scaling has: bytes and numbers as the data has them."""
    wide = np.dtype(np.float64 if scaling.is_double else np.float32)
    name = x.name
    if dtype != wide:
        name = graph.add(where, "Cast", name, to=type_number(wide))
    if (scaling.factor != 1).any():
        name = graph.add(where, "Mul", name, graph.constant(f"{where}.factor", scaling.factor))
    if scaling.shifts:
        name = graph.add(where, "Add", name, graph.constant(f"{where}.offset", scaling.offset))
    if scaling.is_double:
        name = graph.add(where, "Cast", name, to=_SINGLE)
    return Flow(name, x.shape)


def in_own_units(graph: Graph, where: str, x: Flow, scaling: ValueScaling) -> Flow:
    """t = t' deviation + mean, in float64: the digits of the mean may be more than float32 has."""
    name = graph.add(where, "Cast", x.name, to=_DOUBLE)
    name = graph.add(where, "Mul", name, graph.constant(f"{where}.deviation", scaling.deviation))
    return Flow(graph.add(where, "Add", name, graph.constant(f"{where}.mean", scaling.mean)), x.shape)
