"""Some rows of an array: copied where it is small, and where it is larger than that left on the disk."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Cache, Kind, fingerprint
from nnlab.datasets.split import Index
from nnlab.report import Report

# Copies up to this size are made in memory; MNIST is one of them.
_MOST_COPIED = 64 << 20
_CHUNK_BYTES = 4 << 20
_CHOSEN = Kind("rows", 1)


def chosen_rows(inputs: npt.NDArray[Any], index: Index, cache: Cache, report: Report) -> npt.NDArray[Any]:
    """inputs[index], without reading a large mapped array into memory: its rows are written to the cache and mapped."""
    mapped = mapping_of(inputs)
    row_bytes = inputs.nbytes // max(len(inputs), 1)
    if mapped is None or len(index) * row_bytes <= _MOST_COPIED:
        return np.asarray(inputs[index])
    place = inputs.__array_interface__["data"][0] - mapped.__array_interface__["data"][0]
    digest = hashlib.sha256(np.ascontiguousarray(index, np.int64).data).hexdigest()
    key = [*fingerprint(Path(mapped.filename)), place, inputs.dtype.str, inputs.shape, digest]

    def build(building: Building) -> dict[str, Any]:
        """Copy them in pieces of bounded size."""
        rows = building.rows("rows", inputs.dtype, inputs.shape[1:], len(index))
        size = max(_CHUNK_BYTES // row_bytes, 1)
        for start in range(0, len(index), size):
            report("setting rows apart", start / len(index))
            rows.append(inputs[index[start : start + size]])
        return {}

    return cache.get(_CHOSEN, key, build).arrays["rows"]


def mapping_of(array: npt.NDArray[Any]) -> Any:
    """The memmap that an array looks into; None where it lies in memory."""
    base: Any = array
    while base is not None and not isinstance(base, np.memmap):
        base = getattr(base, "base", None)
    # A view of a memmap is a memmap too; the one that holds the file knows its first byte.
    while base is not None and isinstance(base.base, np.memmap):
        base = base.base
    return base if base is not None and base.filename is not None else None
