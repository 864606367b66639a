"""Evaluates what equations say in symbols, for tests alone: eval has no place in the program."""

import math
import re

import numpy as np

from nnlab.models.arrays import Array

_SIGNS = {"·": "*", "−": "-", "²": "**2", "³": "**3", "√": "sqrt"}
_FUNCTIONS = {
    "max": max,
    "min": min,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
}


def value_of(equation: str, z: float, all_z: Array | None = None) -> float:
    """The value of an equation in z; zₖ runs over all of the layer's."""
    text = equation.rsplit(" = ", 1)[-1]
    for sign, meaning in _SIGNS.items():
        text = text.replace(sign, meaning)
    text = re.sub(r"Σ exp\(zₖ\)", "total", text)
    total = float(np.exp(all_z).sum()) if all_z is not None else math.nan
    return float(eval(text, {"__builtins__": {}}, {**_FUNCTIONS, "z": z, "total": total}))
