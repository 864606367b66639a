"""The logistic function."""

import numpy as np


def tanh_is_fast() -> bool:
    """Whether NumPy's tanh runs on 512-bit registers here; else exp is faster."""
    known = np.lib.introspect.opt_func_info(func_name="^tanh$", signature="float32")
    loop = known.get("tanh", {}).get("ff", {}).get("current", "")
    return "AVX512" in loop or "V4" in loop


USES_TANH = tanh_is_fast()


def sigmoid(z: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """scale / (1 + exp(-z)), or the same as scale / 2 (tanh(z / 2) + 1)."""
    if USES_TANH:
        return np.tanh(z * 0.5) * (scale / 2) + scale / 2
    with np.errstate(over="ignore"):
        return scale / (np.exp(-z) + 1)
