"""The layers, one row each. A row is all it takes to appear in files, the window and the tests' tables."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import SettingError
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from nnlab.models.layers.base import Layer, Pass, Workspace
from nnlab.models.layers.dense import Dense
from nnlab.settings import nearest

LAYERS: dict[str, type[Layer]] = {
    "dense": Dense,
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "softmax": Softmax,
}


def layer_from_table(entry: Mapping[str, Any] | str, where: str) -> Layer:
    """A layer from its line in an experiment file: "relu", or { type = "dense", units = 64 }."""
    table = {"type": entry} if isinstance(entry, str) else dict(entry)
    kind = table.pop("type", None)
    if kind not in LAYERS:
        raise SettingError(f"{where}: layer type {kind!r} is not known; {nearest(str(kind), LAYERS)}")
    try:
        return LAYERS[kind].from_table(table)
    except SettingError as error:
        raise SettingError(f"{where} ({kind}): {error}") from None


__all__ = ["LAYERS", "Layer", "Pass", "Workspace", "layer_from_table"]
