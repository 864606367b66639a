"""The IDX format of MNIST and its kin: a magic number, the sizes, then the bytes. Raw or gzipped.

Nothing a header claims is believed before the file has been seen to hold it: memory grows with the bytes that are really
there, up to what the header promised and no further.
"""

import gzip
import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from nnlab.errors import DatasetError

_UNSIGNED_BYTE = 0x08
_CHUNK = 1 << 20
_MOST_BYTES = 4 << 30


def read_idx(path: Path, axes: int, sha256: str = "") -> npt.NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes with this many axes.

    With sha256 (of the decompressed file) also a proof that it is the published one. Raises DatasetError, naming the file,
    for a wrong magic number, sizes that the file does not hold, damaged compression, or a wrong checksum.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) if zipped else raw as stream:
                header = stream.read(4 + 4 * axes)
                shape = _shape_of(header, axes, path)
                body = _read_exactly(stream, math.prod(shape), shape, path)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DatasetError(f"{path.name}: the gzip data is damaged or cut short ({error}); get the file again") from None
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror or error})") from None
    if sha256:
        digest.update(header)
        digest.update(body)
        if digest.hexdigest() != sha256:
            raise DatasetError(f"{path.name}: its checksum is not that of the published file; get the file again")
    return np.frombuffer(body, np.uint8).reshape(shape)


def _shape_of(header: bytes, axes: int, path: Path) -> tuple[int, ...]:
    if len(header) < 4 or header[:2] != b"\0\0":
        raise DatasetError(f"{path.name}: not an IDX file; it should begin with two zero bytes")
    if header[2] != _UNSIGNED_BYTE or header[3] != axes:
        raise DatasetError(
            f"{path.name}: IDX magic number 0x{int.from_bytes(header[:4]):08x}, "
            f"expected 0x{(_UNSIGNED_BYTE << 8) + axes:08x} (unsigned bytes, {axes} {'axis' if axes == 1 else 'axes'})"
        )
    if len(header) < 4 + 4 * axes:
        raise DatasetError(f"{path.name}: ends inside its header; get the file again")
    shape = struct.unpack(f">{axes}I", header[4:])
    if math.prod(shape) > _MOST_BYTES:
        raise DatasetError(f"{path.name}: claims {_sizes(shape)} = {math.prod(shape):,} bytes, more than nnlab reads")
    if math.prod(shape) == 0:
        raise DatasetError(f"{path.name}: claims {_sizes(shape)}, so it holds no data")
    return shape


def _read_exactly(stream: IO[bytes] | gzip.GzipFile, size: int, shape: tuple[int, ...], path: Path) -> bytearray:
    body = bytearray()
    while len(body) <= size and (chunk := stream.read(min(_CHUNK, size + 1 - len(body)))):
        body += chunk
    if len(body) != size:
        held = f"only {len(body):,}" if len(body) < size else "more"
        raise DatasetError(f"{path.name}: claims {_sizes(shape)} = {size:,} bytes but holds {held}; get the file again")
    return body


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{axis:,}" for axis in shape)
