"""What rows of other frameworks are evaluated with: the framework's own names, and those of resources/scripts."""

import importlib.util
from functools import cache
from typing import Any

from nnlab.resources import resource

FILES = {
    "torch": ("layers.py", "losses.py"),
    "keras": ("layers.py", "losses.py", "optimizers.py"),
}


@cache
def _found(framework: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for file in FILES[framework]:
        spec = importlib.util.spec_from_file_location(f"{framework}_{file[:-3]}", resource("scripts", framework, file))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        names |= vars(module)
    return names


def names_in(framework: str) -> dict[str, Any]:
    """To evaluate a row of this framework with."""
    return dict(_found(framework))
