"""What rows of other frameworks are evaluated with: the framework's own names, and those of resources/scripts."""

import importlib.util
from functools import cache
from typing import Any

from nnlab.resources import resource

FILES = {
    "torch": ("torch_layers.py", "torch_losses.py"),
    "keras": ("keras_layers.py", "keras_losses.py", "keras_optimizers.py"),
}


@cache
def _found(framework: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for file in FILES[framework]:
        spec = importlib.util.spec_from_file_location(file.removesuffix(".py"), resource("scripts", file))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        names |= vars(module)
    return names


def names_in(framework: str) -> dict[str, Any]:
    """To evaluate a row of this framework with."""
    return dict(_found(framework))
