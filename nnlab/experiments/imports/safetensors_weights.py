"""Weights out of a safetensors file: what PyTorch's state_dict is saved as, and nnlab's own models."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import WeightsFileError
from nnlab.experiments.imports.offered import Offered, WeightsFile
from nnlab.experiments.model_content import FORMAT
from nnlab.experiments.tensor_header import TensorHeader, read_header
from nnlab.models.arrays import Array, Shape
from nnlab.regular_file import open_regular
from nnlab.words import shown

# What the format calls kinds of numbers: our name, and as what the bytes are read.
_KINDS = {
    "F16": ("float16", "<f2"),
    "BF16": ("bfloat16", "<u2"),
    "F32": ("float32", "<f4"),
    "F64": ("float64", "<f8"),
}
_MOST_AXES = 8
# What stands before a tensor's name in a model of nnlab; all else there is about its training.
_OWN = ("model.", "buffer.")


def read_safetensors(path: Path) -> WeightsFile:
    """Its tensors, in the order of their names, numbers by their size: the format itself has them in no order."""
    with open_regular(path) as file:
        header = read_header(file)
    is_own = header.metadata.get("format") == FORMAT
    names = [name for name in header.entries if not is_own or name.startswith(_OWN)]
    tensors = [_offered(path, header, name, is_own) for name in names]
    return WeightsFile(tuple(sorted(tensors, key=lambda tensor: natural(tensor.name))), True, is_own)


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """By which names are sorted: fc2 before fc10, and what decodes behind what encodes."""
    parts = re.split(r"(\d+)", re.sub(r"(^|[._/])dec", r"\1~dec", name.lower()))
    return tuple((not part.isdigit(), int(part[:18]) if part.isdigit() else 0, part) for part in parts if part)


def _offered(path: Path, header: TensorHeader, name: str, is_own: bool) -> Offered:
    entry = header.entries[name]
    try:
        kind, shape = str(entry["dtype"]), tuple(entry["shape"])
        start, stop = entry["data_offsets"]
        is_shape = len(shape) <= _MOST_AXES and all(type(axis) is int and 0 <= axis < 2**31 for axis in shape)
    except (TypeError, KeyError, ValueError):
        is_shape = False
    if not is_shape:
        raise WeightsFileError(f"damaged: what it says of {shown(name)} makes no sense; save it again")
    known, read_as = _KINDS.get(kind, (kind.lower()[:20], ""))
    if read_as and stop - start != math.prod(shape) * np.dtype(read_as).itemsize:
        raise WeightsFileError(f"damaged: {shown(name)} has {stop - start:,} bytes, which are no {known} of its shape")

    def read() -> Array:
        return _numbers(path, header.start + start, shape, read_as)

    return Offered(name.partition(".")[2] if is_own else name, shape, known, read)


def _numbers(path: Path, start: int, shape: Shape, read_as: str) -> Array:
    with open_regular(path) as file:
        file.seek(start)
        content = file.read(size := math.prod(shape) * np.dtype(read_as).itemsize)
    if len(content) != size:
        raise WeightsFileError("was changed while it was read; import it again")
    found: Any = np.frombuffer(content, read_as)
    if read_as == "<u2":
        # Its sixteen bits are the upper ones of a float32.
        found = (found.astype("<u4") << 16).view("<f4")
    return np.asarray(found.reshape(shape))
