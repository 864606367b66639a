"""A block of memory that processes share: a file without a name, which is gone with the last process that has it open."""

import mmap
import os
import secrets
import sys
import tempfile
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.models.arrays import Array, Shape

# Of every array in it: a cache line.
_ALIGNMENT = 64


def array_bytes(shape: Shape, dtype: npt.DTypeLike) -> int:
    """How much of a block an array takes."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def total_bytes(arrays: Sequence[tuple[Shape, Any]]) -> int:
    """How large a block must be for these arrays (shape, dtype)."""
    return sum(array_bytes(shape, dtype) for shape, dtype in arrays)


class SharedBlock:
    """Arrays are taken from it one after the other; who takes the same ones in the same order has the same memory.

    A process that is spawned with one among its arguments has it, too. No name of it lies in a folder, so that nothing is
    left however its processes end. Raises OSError where there is no room for it, or none may be shared.
    """

    def __init__(self, size: int, descriptor: int = -1, name: str = "") -> None:
        self.size = max(size, _ALIGNMENT)
        self._descriptor, self._name = descriptor, name
        if sys.platform == "win32":
            self._name = name or f"nnlab-{secrets.token_hex(16)}"
            self._map = mmap.mmap(-1, self.size, tagname=self._name)
        else:
            if descriptor < 0:
                self._descriptor = _nameless_file(self.size)
            self._close = weakref.finalize(self, os.close, self._descriptor)
            self._map = mmap.mmap(self._descriptor, self.size)
        self._taken = 0

    def __reduce__(self) -> tuple[Callable[..., "SharedBlock"], tuple[Any, ...]]:
        """For the process that is being spawned."""
        if sys.platform == "win32":
            return _opened, (self.size, self._name)
        from multiprocessing.reduction import DupFd

        return _opened, (self.size, DupFd(self._descriptor))

    def array(self, shape: Shape, dtype: npt.DTypeLike = np.float32) -> Array:
        """The next so many bytes as an array, all zeros in the beginning."""
        count = int(np.prod(shape, dtype=np.int64))
        array: Array = np.frombuffer(self._map, dtype, count, self._taken).reshape(shape)
        self._taken += array_bytes(shape, dtype)
        return array

    def let_go(self) -> None:
        """Who has an array of it still may use that; no process can be given the block any more."""
        if sys.platform != "win32":
            self._close()


def _opened(size: int, place: Any) -> SharedBlock:
    return SharedBlock(size, name=place) if isinstance(place, str) else SharedBlock(size, place.detach())


def _nameless_file(size: int) -> int:
    """Its room is reserved: a page that cannot be had would else end the process that touches it."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("nnlab")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, size)
        else:
            os.ftruncate(descriptor, size)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
