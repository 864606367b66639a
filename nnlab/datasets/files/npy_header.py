"""The header of a .npy file, read without running anything it says: its grammar is this small."""

import re
import struct
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

MAGIC = b"\x93NUMPY"
_LONGEST = 1 << 16
_DESCRIPTION = re.compile(
    r"\{'descr': '(?P<descr>[^']{1,20})', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>[0-9, ]*)\),? *\} *\n?"
)
# Truth values, whole and floating-point numbers; texts may be labels.
_TYPE = re.compile(r"[<>|=]?[buifUS][0-9]{1,4}")
_MOST_AXES = 8


@dataclass(frozen=True)
class NpyHeader:
    """What an array is, and where in the file its numbers begin."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    is_fortran: bool
    start: int

    @property
    def size(self) -> int:
        """The bytes of the numbers."""
        size = self.dtype.itemsize
        for axis in self.shape:
            size *= axis
        return size


def read_npy_header(stream: IO[bytes], where: str) -> NpyHeader:
    """Read up to where the numbers begin; `where` names the file in sentences."""
    begin = stream.read(8)
    if len(begin) < 8 or not begin.startswith(MAGIC) or begin[6] not in (1, 2, 3):
        raise DatasetError(f"{where}: is no .npy array, or cut short; save it with numpy.save")
    length_format = "<H" if begin[6] == 1 else "<I"
    packed = stream.read(struct.calcsize(length_format))
    if len(packed) < struct.calcsize(length_format):
        raise DatasetError(f"{where}: ends inside its header; get the file again")
    (length,) = struct.unpack(length_format, packed)
    text = stream.read(min(length, _LONGEST)).decode("latin-1")
    found = _DESCRIPTION.fullmatch(text)
    if "'|O'" in text or "'O'" in text:
        raise DatasetError(f"{where}: holds Python objects (a pickle), which nnlab never opens; save an array of numbers")
    if found is None or len(text) != length:
        raise DatasetError(f"{where}: is not one array of numbers, or its header is damaged; save it with numpy.save")
    axes = [axis.strip() for axis in found["shape"].split(",") if axis.strip()]
    if len(axes) > _MOST_AXES or not all(axis.isdigit() and len(axis) < 19 for axis in axes):
        raise DatasetError(f"{where}: its header tells no sizes that an array could have; save it with numpy.save")
    shape = tuple(int(axis) for axis in axes)
    return NpyHeader(_dtype(found["descr"], where), shape, found["fortran"] == "True", 8 + len(packed) + length)


def _dtype(description: str, where: str) -> np.dtype[Any]:
    try:
        if _TYPE.fullmatch(description) and (dtype := np.dtype(description)).itemsize:
            return dtype
    except (TypeError, ValueError):
        pass
    raise DatasetError(f"{where}: holds values of type '{shown(description)}', expected whole or floating-point numbers")
