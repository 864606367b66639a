"""The layers, one row each. A row is all it takes to appear in files, the window and the tests' tables."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import SettingError
from nnlab.models.layers.activations import ELU, LeakyReLU, ReLU, Sigmoid, Softmax, Softplus, Tanh
from nnlab.models.layers.base import Layer, Pass, Workspace
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.gelu import GELU
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.role import Role
from nnlab.models.layers.shape import Code, Flatten, Reshape
from nnlab.models.layers.sparsity import ActivityL1, KLSparsity
from nnlab.models.layers.upsample2d import UpSample2D
from nnlab.settings import nearest
from nnlab.words import shown, shown_value

LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer
    for layer in (
        Dense,
        Conv2D,
        MaxPool2D,
        AveragePool2D,
        UpSample2D,
        Flatten,
        Reshape,
        ReLU,
        LeakyReLU,
        ELU,
        GELU,
        Softplus,
        Sigmoid,
        Tanh,
        Softmax,
        Dropout,
        BatchNorm,
        MaskingNoise,
        GaussianNoise,
        KLSparsity,
        ActivityL1,
        Code,
    )
}


def layer_from_table(entry: Mapping[str, Any] | str, where: str) -> Layer:
    """A layer from its line in an experiment file: "relu", or { type = "dense", units = 64 }."""
    if not isinstance(entry, str | Mapping):
        example = '"relu", or { type = "dense", units = 64 }'
        raise SettingError(f"{where}: {shown_value(entry)} is not a layer; write {example}")
    table = {"type": entry} if isinstance(entry, str) else dict(entry)
    kind = table.pop("type", None)
    if not isinstance(kind, str):
        raise SettingError(f'{where}: the layer needs a type, e.g. {{ type = "dense", units = 64 }}')
    if kind not in LAYERS:
        raise SettingError(f"{where}: layer type '{shown(kind)}' is not known; {nearest(kind, LAYERS)}")
    try:
        return LAYERS[kind].from_table(table)
    except SettingError as error:
        name, _, fault = str(error).partition(": ")
        raise SettingError(f"{where}.{name} ({kind}): {fault}") from None


__all__ = ["LAYERS", "Layer", "Pass", "Role", "Workspace", "layer_from_table"]
