"""The logistic function, in the form that this processor computes fastest."""

from functools import cache

import numpy as np

from nnlab.models.arrays import Array


@cache
def has_wide_registers() -> bool:
    """Whether NumPy computes on 512-bit registers: tanh takes 0.4 ns a number then, otherwise 2.6, where exp takes 1.3."""
    known = np.lib.introspect.opt_func_info(func_name="^tanh$", signature="float32")
    loop = known.get("tanh", {}).get("ff", {}).get("current", "")
    return "AVX512" in loop or "V4" in loop


# A property of the machine, not of the moment: the same run gives the same bits.
_USES_TANH = has_wide_registers()


def sigmoid(z: Array, out: Array, scale: float = 1.0) -> Array:
    """scale / (1 + exp(-z)), into `out`, which may be z.

    As scale / 2 (tanh(z / 2) + 1), or as it is written; then an overflowing exp gives the right answer, zero. Both lie
    within 1.2e-7 scale of the truth, and on the mean equally near to it; of outputs near 0 the first has fewer digits (4
    instead of 7 at z = -8). So a long training parts from that of a program that uses the other form.
    """
    if _USES_TANH:
        np.multiply(z, 0.5, out=out)
        np.tanh(out, out=out)
        np.multiply(out, scale / 2, out=out)
        return np.add(out, scale / 2, out=out)
    with np.errstate(over="ignore"):
        np.exp(np.negative(z, out=out), out=out)
    np.add(out, 1, out=out)
    return np.divide(scale, out, out=out)
