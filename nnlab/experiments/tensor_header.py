"""The header of a safetensors file: what it says of its tensors and of itself, checked before any tensor is read.

Layout (https://github.com/huggingface/safetensors#format): 8 bytes, little-endian, the header's length; the header, JSON;
the numbers, without gaps, each tensor between two offsets that the header tells.
"""

import json
import os
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from nnlab.errors import ModelFileError

_LARGEST_HEADER = 8 << 20
_LARGEST_FILE = 4 << 30
_MOST_TENSORS = 10_000


@dataclass(frozen=True)
class TensorHeader:
    """What a file says: texts by name, the bytes of every tensor by name, and the bytes of the whole.

    entries: all that stands in the header of each tensor    start: where in the file the first one's bytes are
    """

    metadata: dict[str, str]
    lengths: dict[str, int]
    file_size: int
    entries: dict[str, Any]
    start: int


def read_header(file: BinaryIO) -> TensorHeader:
    """Read the header alone. Raises ModelFileError where it tells of other bytes than the file holds."""
    file_size = os.fstat(file.fileno()).st_size
    if file_size > _LARGEST_FILE:
        raise ModelFileError("larger than 4 GiB, more than nnlab reads")
    start = file.read(8)
    if len(start) < 8 or (size := struct.unpack("<Q", start)[0]) > min(file_size - 8, _LARGEST_HEADER):
        raise ModelFileError("truncated, or not a safetensors file (an experiment, .toml, has to be trained first)")
    try:
        header = json.loads(file.read(size))
    except (ValueError, RecursionError):
        raise ModelFileError("not a safetensors file: its header cannot be read") from None
    metadata = header.pop("__metadata__", None) if isinstance(header, dict) else None
    if isinstance(header, dict) and len(header) > _MOST_TENSORS:
        raise ModelFileError(f"holds {len(header):,} tensors, more than nnlab reads")
    lengths = _lengths(header, file_size - 8 - size)
    return TensorHeader(dict(metadata) if isinstance(metadata, dict) else {}, lengths, file_size, header, 8 + size)


def _lengths(header: Any, held: int) -> dict[str, int]:
    try:
        offsets = {name: entry["data_offsets"] for name, entry in header.items()}
        lengths = {name: stop - start for name, (start, stop) in offsets.items()}
        end = max((stop for _, stop in offsets.values()), default=0)
        is_whole = min(lengths.values(), default=0) >= 0 and sum(lengths.values()) == end
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ModelFileError("not a safetensors file: its header makes no sense") from None
    if not is_whole or end != held:
        raise ModelFileError(f"damaged, or truncated: its header tells of {end:,} bytes, it holds {held:,}; save it again")
    return lengths
