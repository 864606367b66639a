"""One signed number for each pixel of a colour picture."""

import numpy as np
import numpy.typing as npt


def strongest_channel(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Of each pixel the channel farthest from zero, with its sign: (..., channels) to (...).

    In a mean channels of opposite signs cancel: an error of (-44, +178, -46) is no small one. What is not a number counts
    as farthest, so that it is seen.
    """
    at = np.abs(values).argmax(axis=-1, keepdims=True)
    return np.take_along_axis(values, at, axis=-1)[..., 0]
