"""Arrays of any numbers and shape, brought to pictures of bytes or rows of floats, a chunk at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind
from nnlab.datasets.files.reading import LARGEST_NUMBER, Reading, as_pictures, could_be_pixels, picture_side
from nnlab.datasets.files.whites import BYTE, FLOAT, Whites, white_of_floats
from nnlab.errors import DatasetError

Array = npt.NDArray[Any]

_CHUNK_BYTES = 8 << 20
_SURVEYED, _CONVERTED = Kind("survey", 2), Kind("converted", 1)


@dataclass(frozen=True)
class _Survey:
    """What the numbers of an array are like."""

    low: float
    high: float
    is_whole: bool
    is_single: bool  # float32 holds every number exactly


def as_inputs(array: Array, where: str, key: list[object], reading: Reading) -> tuple[Array, Whites]:
    """Examples along the first axis, as nnlab wants them, and what became white where floats became bytes.

    Bytes (N, H, W), (N, H, W, 1 or 3) or (N, 1 or 3, H, W) are pictures, so are whole numbers 0 ... 255 and floats 0 ... 1
    of these shapes, and rows of whole numbers 0 ... 255 that fill a square. All else is (N, features), float32 where that
    holds every number exactly, else float64. An array that is this already is given back as it lies; another is converted
    into the cache, under a key that tells its file.
    """
    _check_shape(array, where)
    rows = _channels_last(array)
    channels = rows.shape[3] if rows.ndim == 4 else 1
    has_picture_shape = rows.ndim >= 3 and channels in (1, 3)
    like = reading.like.inputs if reading.like else None
    if array.dtype == np.uint8 and (has_picture_shape or (rows.ndim == 2 and could_be_pixels(rows.shape[1]))):
        return _shaped(_as_it_lies(rows, where, key, reading), reading), {}
    survey = _survey(array, where, key, reading)
    is_byte = survey.is_whole and survey.low >= 0 and survey.high <= 255
    is_share = array.dtype.kind in "fb" and survey.low >= 0 and survey.high <= 1
    if like is not None:
        is_byte = is_byte and like.dtype == np.uint8
        has_picture_shape = has_picture_shape and like.dtype == np.uint8
    if has_picture_shape and is_share:
        white = white_of_floats(survey.high) if reading.like is None else reading.like.whites.get(FLOAT, 1.0)
        pictures = _converted(rows, np.uint8, partial(_to_bytes, white=white), where, [*key, "share", white], reading)
        return _shaped(pictures, reading), {FLOAT: white}
    if is_byte and (has_picture_shape or (rows.ndim == 2 and picture_side(rows.shape[1]))):
        return _shaped(_converted(rows, np.uint8, _unchanged, where, [*key, "bytes"], reading), reading), {}
    dtype = np.dtype(np.float32 if survey.is_single else np.float64)
    if array.dtype == dtype and array.flags.c_contiguous and array.flags.aligned:
        return array.reshape(len(array), -1), {}
    return _converted(array, dtype, _unchanged, where, [*key, dtype.name], reading).reshape(len(array), -1), {}


def _check_shape(array: Array, where: str) -> None:
    sizes = " x ".join(f"{axis:,}" for axis in array.shape) or "a single number"
    if array.dtype.kind not in "buif":
        raise DatasetError(f"{where}: holds texts, expected numbers; texts can be labels only")
    if not 2 <= array.ndim <= 4:
        raise DatasetError(
            f"{where}: has the shape {sizes}, expected examples x features, or examples x height x width (x channels)"
        )
    if array.size == 0:
        raise DatasetError(f"{where}: has the shape {sizes}, so it holds no data")


def _channels_last(array: Array) -> Array:
    if array.ndim == 4 and array.shape[3] not in (1, 3) and array.shape[1] in (1, 3):
        return np.moveaxis(array, 1, 3)
    return array


def _shaped(rows: Array, reading: Reading) -> Array:
    """Pictures (N, H, W, C), or rows (N, H * W * C) of bytes where these are wanted."""
    if reading.is_flat:
        return rows.reshape(len(rows), -1)
    if rows.ndim == 2:
        return as_pictures(rows, False)
    return rows if rows.ndim == 4 else rows[..., np.newaxis]


def _as_it_lies(rows: Array, where: str, key: list[object], reading: Reading) -> Array:
    """Only an array whose rows follow each other can be drawn from without a copy of the whole."""
    return rows if rows.flags.c_contiguous else _converted(rows, rows.dtype, _unchanged, where, [*key, "rows"], reading)


def _survey(array: Array, where: str, key: list[object], reading: Reading) -> _Survey:
    """Look at every number once. What was found is kept, since it takes as long as reading all of them."""

    def build(building: Building) -> dict[str, Any]:
        """Bounds, and whether the numbers are whole and fit float32, chunk by chunk."""
        low, high, is_whole, is_single = np.inf, -np.inf, True, True
        for start, chunk in _chunks(array):
            reading.report(f"looking through {where}", start / len(array))
            bounds = float(chunk.min()), float(chunk.max())
            if not (np.isfinite(bounds).all() and max(map(abs, bounds)) <= LARGEST_NUMBER):
                _explain(chunk, start, where)
            low, high = min(low, bounds[0]), max(high, bounds[1])
            is_whole = is_whole and (chunk.dtype.kind in "bui" or bool((chunk == np.floor(chunk)).all()))
            is_single = is_single and (chunk.dtype.itemsize <= 2 or bool((chunk.astype(np.float32) == chunk).all()))
        return {"low": low, "high": high, "is_whole": is_whole, "is_single": is_single}

    return _Survey(**reading.cache.get(_SURVEYED, key, build).about)


def _explain(chunk: Array, start: int, where: str) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        wrong = np.argwhere(~(np.abs(chunk) <= LARGEST_NUMBER))[0]
    value = chunk[tuple(wrong)]
    place = ", ".join(f"{index:,}" for index in (wrong[0] + start, *wrong[1:]))
    raise DatasetError(f"{where}: the number at [{place}] is {value}, expected a finite float32 everywhere")


def _converted(
    rows: Array, dtype: npt.DTypeLike, change: Callable[[Array], Array], where: str, key: list[object], reading: Reading
) -> Array:
    def build(building: Building) -> dict[str, Any]:
        """Change chunk by chunk."""
        array = building.rows("array", dtype, rows.shape[1:], len(rows))
        for start, chunk in _chunks(rows):
            reading.report(f"converting {where}", start / len(rows))
            array.append(change(chunk).astype(dtype))
        return {}

    return reading.cache.get(_CONVERTED, [*key, rows.shape], build).arrays["array"]


def _chunks(array: Array) -> Any:
    size = max(_CHUNK_BYTES // max(array[:1].nbytes, 1), 1)
    for start in range(0, len(array), size):
        yield start, array[start : start + size]


def _unchanged(chunk: Array) -> Array:
    return chunk


def _to_bytes(chunk: Array, white: float) -> Array:
    """0 ... white to 0 ... 255, rounded: exact where the numbers were bytes divided by 255. What is brighter is white."""
    return np.minimum(np.round(chunk.astype(np.float64) * (BYTE / white)), BYTE)
