"""Arrays that grow row by row while a file is read: in memory, or in .npy files on the disk."""

import contextlib
import math
import shutil
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt

from nnlab.errors import DatasetError

Array = npt.NDArray[Any]

_MOST_IN_MEMORY = 4 << 30
# A disk is not filled to the last byte: others want to write too.
_LEFT_FREE = 256 << 20


class CannotStoreError(Exception):
    """The disk is full, or the folder cannot be written to."""


class Growing(Protocol):
    """An array to which rows are added."""

    def append(self, rows: Array) -> None:
        """Add rows (any number, *row_shape); they are copied."""


class Building(Protocol):
    """Where growing arrays are begun."""

    def rows(self, name: str, dtype: npt.DTypeLike, row_shape: tuple[int, ...] = (), expected: int = 0) -> Growing:
        """An array that begins empty; where it is known how many rows are expected, it is seen first whether they fit."""


class InMemory:
    """Arrays in memory."""

    def __init__(self) -> None:
        self._arrays: dict[str, _Blocks] = {}

    def rows(self, name: str, dtype: npt.DTypeLike, row_shape: tuple[int, ...] = (), expected: int = 0) -> Growing:
        """An array that begins empty."""
        _check_room(expected * math.prod(row_shape) * np.dtype(dtype).itemsize)
        self._arrays[name] = _Blocks(dtype, row_shape)
        return self._arrays[name]

    def finish(self) -> dict[str, Array]:
        """The arrays, whole."""
        return {name: blocks.joined() for name, blocks in self._arrays.items()}


class _Blocks:
    def __init__(self, dtype: npt.DTypeLike, row_shape: tuple[int, ...]) -> None:
        self._empty = np.empty((0, *row_shape), dtype)
        self._blocks: list[Array] = []
        self._bytes = 0

    def append(self, rows: Array) -> None:
        """Take a copy of these rows, for which there must be room."""
        self._bytes += rows.size * self._empty.itemsize
        _check_room(self._bytes)
        self._blocks.append(np.array(rows, self._empty.dtype, order="C"))

    def joined(self) -> Array:
        """One array; each block is let go as soon as it is copied, so that there is never twice as much."""
        count = sum(len(block) for block in self._blocks)
        whole = np.empty((count, *self._empty.shape[1:]), self._empty.dtype)
        self._blocks.reverse()
        start = 0
        while self._blocks:
            block = self._blocks.pop()
            whole[start : start + len(block)] = block
            start += len(block)
        return whole


def _check_room(size: int) -> None:
    if size > _MOST_IN_MEMORY:
        raise DatasetError(
            f"the data takes more than {_MOST_IN_MEMORY >> 30} GB, and the folder of nnlab's cache cannot hold it; "
            "free some space on its disk, or move nnlab's home with NNLAB_HOME"
        )


class OnDisk:
    """Arrays in the .npy files of a folder. Raises CannotStoreError where the disk does not take them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._arrays: dict[str, _File] = {}

    def rows(self, name: str, dtype: npt.DTypeLike, row_shape: tuple[int, ...] = (), expected: int = 0) -> Growing:
        """An array that begins empty."""
        try:
            free = shutil.disk_usage(self._folder).free - _LEFT_FREE
            if expected * math.prod(row_shape) * np.dtype(dtype).itemsize > free:
                raise CannotStoreError
            array = self._arrays[name] = _File(self._folder / f"{name}.npy", np.dtype(dtype), row_shape)
            array.write_header()
        except OSError as error:
            raise CannotStoreError from error
        return array

    def finish(self) -> None:
        """Write what is still missing."""
        for array in self._arrays.values():
            array.finish()

    def close(self) -> None:
        """Let go of the files, finished or not."""
        for array in self._arrays.values():
            array.close()


class _File:
    def __init__(self, path: Path, dtype: np.dtype[Any], row_shape: tuple[int, ...]) -> None:
        self._dtype = dtype
        self._row_shape = row_shape
        self._count = 0
        self._file: IO[bytes] = path.open("wb")

    def append(self, rows: Array) -> None:
        """Write these rows behind the others."""
        try:
            self._file.write(np.ascontiguousarray(rows, self._dtype).data)
        except OSError as error:
            raise CannotStoreError from error
        self._count += len(rows)

    def finish(self) -> None:
        """Write how many rows there are into the header, and close the file."""
        try:
            # The header leaves room for a first axis of any length, so it is as long as the one that stands there.
            self._file.seek(0)
            self.write_header()
            self._file.close()
        except OSError as error:
            raise CannotStoreError from error

    def close(self) -> None:
        """Let go of the file, whatever became of it."""
        # A full disk makes even closing fail.
        with contextlib.suppress(OSError):
            self._file.close()

    def write_header(self) -> None:
        """The header of a `.npy` file: type and shape (rows so far, *row_shape)."""
        shape = (self._count, *self._row_shape)
        description = {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(self._file, description)
