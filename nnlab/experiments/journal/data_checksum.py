"""Whether data is the data that a run learned from."""

import hashlib

import numpy as np

from nnlab.datasets import Dataset, Examples
from nnlab.datasets.split import spread

# Of more bytes than these so many are looked at, spread over all examples: data of gigabytes is mapped, and not read whole.
_LOOKED_AT = 1 << 28


def data_checksum(dataset: Dataset) -> str:
    """Of the numbers, targets and names of both parts; of very large parts, of some examples and how many there are."""
    digest = hashlib.sha256(repr((dataset.example_shape, dataset.targets, len(dataset.train), len(dataset.test))).encode())
    for part in (dataset.train, dataset.test):
        _add(digest, part)
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", part: Examples) -> None:
    size = part.inputs.nbytes
    places = spread(np.arange(len(part)), max(1, _LOOKED_AT * len(part) // max(size, 1)))
    is_whole = len(places) == len(part)
    for start in range(0, len(places), 4096):
        # A slice is a view: nothing is copied while others wait for the interpreter, and hashing lets go of it.
        chosen = slice(start, start + 4096) if is_whole else places[start : start + 4096]
        digest.update(np.ascontiguousarray(part.inputs[chosen]).data)
    digest.update(np.ascontiguousarray(part.targets).data)
