"""The IDX format of MNIST and its kin: a magic number, the sizes, then the bytes. Raw or gzipped.

Nothing a header claims is believed before the file has been seen to hold it: memory grows with the bytes that are really
there, up to what the header promised and no further.
"""

import contextlib
import gzip
import hashlib
import math
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from nnlab.datasets.gzipped import MAGIC, faults_told
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError
from nnlab.regular_file import open_regular

_UNSIGNED_BYTE = 0x08
_CHUNK = 1 << 20
_MOST_BYTES = 4 << 30
# A gzip file that unpacks to more than this must not be so many times smaller.
_LARGE = 64 << 20
_MOST_SWOLLEN = 200


def read_idx(path: Path, axes: int, sha256: str = "") -> npt.NDArray[np.uint8]:
    """The array in an IDX file of unsigned bytes with this many axes.

    With sha256 (of the decompressed file) also a proof that it is the published one. Raises DatasetError, naming the file,
    for a wrong magic number, sizes that the file does not hold, damaged compression, or a wrong checksum.
    """
    body = bytearray()
    with _opened(path) as (stream, _):
        header = stream.read(4 + 4 * axes)
        shape = _shape_of(header, axes, path)
        for chunk in _chunks(stream, _CHUNK, shape, path):
            body += chunk
    if sha256:
        digest = hashlib.sha256(header)
        digest.update(body)
        if digest.hexdigest() != sha256:
            raise DatasetError(f"{shown(path.name)}: its checksum is not that of the published file; get the file again")
    return np.frombuffer(body, np.uint8).reshape(shape)


def map_idx(path: Path, axes: int) -> npt.NDArray[np.uint8] | None:
    """The same array mapped into memory, so that only what is used is read; None where the file is gzipped."""
    with _opened(path) as (stream, zipped):
        if zipped:
            return None
        shape = _shape_of(stream.read(4 + 4 * axes), axes, path)
        held = os.fstat(stream.fileno()).st_size - stream.tell()
        if held != math.prod(shape):
            raise _wrong_size(shape, held if held < math.prod(shape) else None, path)
        return np.asarray(np.memmap(stream, np.uint8, "r", stream.tell(), shape))


def unpack_idx(path: Path, axes: int, begin: Callable[[tuple[int, ...]], Callable[[npt.NDArray[np.uint8]], None]]) -> None:
    """Read a file bit by bit: `begin` is told the sizes, and what it returns is given some rows at a time."""
    with _opened(path) as (stream, zipped):
        shape = _shape_of(stream.read(4 + 4 * axes), axes, path)
        if zipped and math.prod(shape) > max(_MOST_SWOLLEN * path.stat().st_size, _LARGE):
            raise DatasetError(
                f"{shown(path.name)}: claims to unpack to {math.prod(shape):,} bytes, more than {_MOST_SWOLLEN} times its "
                "size, as only a compression bomb does; unpack it with gunzip if that is what it holds"
            )
        take = begin(shape)
        row = math.prod(shape[1:])
        for chunk in _chunks(stream, max(_CHUNK // row, 1) * row, shape, path):
            take(np.frombuffer(chunk, np.uint8).reshape(-1, *shape[1:]))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes] | gzip.GzipFile, bool]]:
    """The bytes of a file, unzipped where it is gzipped, and whether it is; what goes wrong is told in a sentence."""
    with faults_told(path), open_regular(path) as raw:
        zipped = raw.read(len(MAGIC)) == MAGIC
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) if zipped else raw as stream:
            yield stream, zipped


def _shape_of(header: bytes, axes: int, path: Path) -> tuple[int, ...]:
    if len(header) < 4 or header[:2] != b"\0\0":
        raise DatasetError(f"{shown(path.name)}: not an IDX file; it should begin with two zero bytes")
    if header[2] != _UNSIGNED_BYTE or header[3] != axes:
        raise DatasetError(
            f"{shown(path.name)}: IDX magic number 0x{int.from_bytes(header[:4]):08x}, "
            f"expected 0x{(_UNSIGNED_BYTE << 8) + axes:08x} (unsigned bytes, {axes} {'axis' if axes == 1 else 'axes'})"
        )
    if len(header) < 4 + 4 * axes:
        raise DatasetError(f"{shown(path.name)}: ends inside its header; get the file again")
    shape = struct.unpack(f">{axes}I", header[4:])
    if math.prod(shape) > _MOST_BYTES:
        raise DatasetError(f"{shown(path.name)}: claims {_sizes(shape)} = {math.prod(shape):,} bytes, more than nnlab reads")
    if math.prod(shape) == 0:
        raise DatasetError(f"{shown(path.name)}: claims {_sizes(shape)}, so it holds no data")
    return shape


def _chunks(stream: IO[bytes] | gzip.GzipFile, size: int, shape: tuple[int, ...], path: Path) -> Iterator[bytes]:
    """The bytes after the header, so many at a time and the rest at last; neither more nor fewer than the sizes say."""
    left = math.prod(shape)
    while left:
        chunk = _read_fully(stream, min(size, left))
        left -= len(chunk)
        if left and len(chunk) < size:
            raise _wrong_size(shape, math.prod(shape) - left, path)
        yield chunk
    # Reading on to the end also has gzip compare its own checksum.
    if stream.read(1):
        raise _wrong_size(shape, None, path)


def _read_fully(stream: IO[bytes] | gzip.GzipFile, size: int) -> bytes:
    """Streams may give less than they are asked for before the end."""
    parts = bytearray()
    while len(parts) < size and (part := stream.read(min(_CHUNK, size - len(parts)))):
        parts += part
    return bytes(parts)


def _wrong_size(shape: tuple[int, ...], held: int | None, path: Path) -> DatasetError:
    holds = "more" if held is None else f"only {held:,}"
    return DatasetError(
        f"{shown(path.name)}: claims {_sizes(shape)} = {math.prod(shape):,} bytes but holds {holds}; get the file again"
    )


def _sizes(shape: tuple[int, ...]) -> str:
    return " x ".join(f"{axis:,}" for axis in shape)
