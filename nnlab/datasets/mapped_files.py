"""A person's own file that an array is mapped from may change beneath it; one that is cut would end the process."""

import mmap
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.cache import Cache
from nnlab.datasets.rows import mapping_of
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError
from nnlab.memory import available_memory
from nnlab.report import Report

# So much of the memory that is there may be spent on being safe from changes.
_SHARE = 4
_CHUNK_BYTES = 8 << 20


def out_of_reach(inputs: npt.NDArray[Any], cache: Cache, report: Report) -> npt.NDArray[Any]:
    """The inputs copied into memory, where they are mapped from a file that is not the cache's and are small enough."""
    mapped = mapping_of(inputs)
    if mapped is None or cache.holds(Path(mapped.filename)) or inputs.nbytes > available_memory() // _SHARE:
        return inputs
    copy = np.empty(inputs.shape, inputs.dtype)
    size = max(_CHUNK_BYTES // max(inputs[:1].nbytes, 1), 1)
    for start in range(0, len(inputs), size):
        report(f"reading {shown(Path(mapped.filename).name)}", start / len(inputs))
        copy[start : start + size] = inputs[start : start + size]
        _let_pages_go(mapped)
    return copy


def _let_pages_go(mapped: npt.NDArray[Any]) -> None:
    """What was read of a file that is only read: for a while it would be in this process's memory twice."""
    whole = mapped.base
    if isinstance(whole, mmap.mmap) and hasattr(whole, "madvise") and not mapped.flags.writeable:
        whole.madvise(mmap.MADV_DONTNEED)


class MappedFile:
    """The file that an array is mapped from, as it was when this was made."""

    def __init__(self, array: npt.NDArray[Any]) -> None:
        mapped = mapping_of(array)
        self._path = None if mapped is None else Path(mapped.filename)
        self._needed = 0 if mapped is None else mapped.offset + mapped.nbytes
        self._state = self._look()

    def check(self) -> None:
        """Raise DatasetError where the file has been written to since, or cut before."""
        now = self._look()
        if self._path is None or self._state is None or now is None:
            return
        # Another file in its place, or none, leaves what is mapped as it was.
        is_same = (now.st_dev, now.st_ino) == (self._state.st_dev, self._state.st_ino)
        was_written = (now.st_size, now.st_mtime_ns) != (self._state.st_size, self._state.st_mtime_ns)
        if is_same and (was_written or now.st_size < self._needed):
            raise DatasetError(f"{shown(self._path.name)}: was changed while it was in use; open the data again")

    def _look(self) -> os.stat_result | None:
        try:
            return self._path.stat() if self._path else None
        except OSError:
            return None
