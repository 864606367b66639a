"""The layers, one row each. A row is all it takes to appear in files, the window and the tests' tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from nnlab.errors import SettingError
from nnlab.models.layers.activations import ELU, LeakyReLU, ReLU, Sigmoid, Softmax, Softplus, Tanh
from nnlab.models.layers.base import Layer, Pass, Workspace
from nnlab.models.layers.batch_norm import BatchNorm
from nnlab.models.layers.combined import DEEPEST
from nnlab.models.layers.conv2d import Conv2D
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.gelu import GELU
from nnlab.models.layers.noise import Dropout, GaussianNoise, MaskingNoise
from nnlab.models.layers.parallel import Parallel
from nnlab.models.layers.plane_features import PlaneFeatures
from nnlab.models.layers.pool2d import AveragePool2D, MaxPool2D
from nnlab.models.layers.residual import Residual
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
        PlaneFeatures,
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
        Residual,
        Parallel,
    )
}


def layer_from_table(entry: Mapping[str, Any] | str, where: str, depth: int = 0) -> Layer:
    """A layer from its line in an experiment file: "relu", or { kind = "dense", units = 64 }.

    depth counts the layers that it is inside of.
    """
    if depth > DEEPEST:
        raise SettingError(f"{where}: layers stand inside of layers at most {DEEPEST} deep")
    if not isinstance(entry, str | Mapping):
        example = '"relu", or { kind = "dense", units = 64 }'
        raise SettingError(f"{where}: {shown_value(entry)} is not a layer; write {example}")
    table = {"kind": entry} if isinstance(entry, str) else dict(entry)
    kind = table.pop("kind", None)
    if not isinstance(kind, str):
        raise SettingError(f'{where}: the layer needs a kind, e.g. {{ kind = "dense", units = 64 }}')
    if kind not in LAYERS:
        raise SettingError(f"{where}: the layer '{shown(kind)}' is not known; {nearest(kind, LAYERS)}")

    def read(inner: Any, place: str) -> Layer:
        return layer_from_table(inner, f"{where}.{place}", depth + 1)

    table = LAYERS[kind].with_inner_read(table, read)
    try:
        return LAYERS[kind].from_table(table)
    except SettingError as error:
        name, _, fault = str(error).partition(": ")
        raise SettingError(f"{where}.{name} ({kind}): {fault}") from None


def listed_layers(entries: Sequence[Any]) -> int:
    """How many layers a list in a file has, with those inside of others; nothing is built, and nothing is believed."""
    count, waiting = 0, list(entries)
    while waiting:
        entry = waiting.pop()
        count += isinstance(entry, str | Mapping)
        inside = entry.values() if isinstance(entry, Mapping) else (entry,)
        waiting += [part for value in inside if isinstance(value, list | tuple) for part in value]
    return count


__all__ = ["LAYERS", "Layer", "Pass", "Role", "Workspace", "layer_from_table", "listed_layers"]
