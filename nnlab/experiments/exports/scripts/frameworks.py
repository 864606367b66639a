"""Frameworks in which experiments are written, a row each. Their pieces import them, and lie in resources/scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from nnlab.experiments.exports.scripts.piece import Name, Outside, Piece, piece, taken_apart
from nnlab.resources import resource


@dataclass(frozen=True)
class Framework:
    """name as in `elsewhere` of layers    title, needs: to a person    files: its pieces in resources/scripts/NAME

    models: the kinds that it has

    network: what holds layers, an expression of {layers} and {shape}, and its type    tied: a layer with another's weights
    weights: those of `tensors` as tensors    prelude: what a script does before it imports
    """

    name: str
    title: str
    needs: str
    files: tuple[str, ...]
    models: tuple[str, ...]
    network: str
    network_type: str
    tied: str
    tensor_type: str
    weights: str
    optimizer: str
    prelude: str = ""

    @property
    def suffix(self) -> str:
        """How scripts are called behind the experiment's name."""
        return f"-{self.name}.py"

    def named(self, file: str) -> str:
        """A piece, as other pieces call it."""
        return f"{self.name}.{file}"


# What rows of layers, losses and optimizers may name.
_ROWS = ("layers", "losses", "optimizers")
_NETWORKS = ("mlp", "cnn", "autoencoder", "linear_svm")
_TORCH = Framework(
    name="torch",
    title="PyTorch",
    needs="NumPy and PyTorch",
    files=("layers", "losses", "network", "gradient", "machine", "stack"),
    models=(*_NETWORKS, "rbm", "deep_belief"),
    network="nn.Sequential({layers})",
    network_type="nn.Sequential",
    tied="TiedLinear({layer})",
    tensor_type="nn.Parameter",
    weights="[tensor for tensor in tensors if tensor.ndim >= 2]",
    optimizer="""class Optimizer:
    \"\"\"{formula}\"\"\"

    def __init__(self, parameters: list[nn.Parameter]) -> None:
        self.rule = {rule}

    def update(self, rate: float) -> None:
        \"\"\"One step at this rate.\"\"\"
        for group in self.rule.param_groups:
            group["lr"] = rate
        self.rule.step()""",
)
_KERAS = Framework(
    name="keras",
    title="Keras",
    needs="NumPy, Keras 3 and PyTorch",
    files=("layers", "losses", "optimizers", "network", "gradient"),
    models=_NETWORKS,
    network="keras.Sequential([keras.Input({shape}), {layers}])",
    network_type="keras.Sequential",
    tied="TiedDense({layer})",
    tensor_type="keras.Variable",
    weights="[variable.value for variable in tensors if len(variable.shape) >= 2]",
    optimizer="""class Optimizer:
    \"\"\"{formula}\"\"\"

    def __init__(self, parameters: list[keras.Variable]) -> None:
        self.variables = parameters
        self.rule = {rule}

    @torch.no_grad()
    def update(self, rate: float) -> None:
        \"\"\"One step at this rate.\"\"\"
        self.rule.learning_rate = rate
        gradients = [variable.value.grad for variable in self.variables]
        self.rule.apply(gradients, self.variables)""",
    prelude="""import os

# Keras runs on PyTorch here, on the processor. It reads both when it is imported.
os.environ["KERAS_BACKEND"] = "torch"
os.environ["KERAS_TORCH_DEVICE"] = "cpu"

""",
)
FRAMEWORKS: Mapping[str, Framework] = MappingProxyType({row.name: row for row in (_TORCH, _KERAS)})


@cache
def pieces_of(framework: Framework) -> Mapping[str, Piece]:
    """Its own pieces by name."""
    found = {}
    for file in framework.files:
        text = resource("scripts", framework.name, f"{file}.py").read_text(encoding="utf-8")
        found[framework.named(file)] = taken_apart(framework.named(file), text)
    return MappingProxyType(found)


@cache
def names_for(framework: Framework) -> Mapping[str, Name | Outside]:
    """What pieces that are written for a script may name: what its pieces have and import, and some of those for all."""
    names: dict[str, Name | Outside] = {"np": Outside("numpy", alias="np")}
    for module in ("initializers", "randomness", "streams", "settings"):
        names |= {name: Name(module, name) for name in piece(module).definitions}
    for own in pieces_of(framework).values():
        names |= {name: target for name, target in own.imported.items() if isinstance(target, Outside)}
        if own.module in map(framework.named, _ROWS):
            names |= {name: Name(own.module, name) for name in own.definitions}
    return MappingProxyType(names)
