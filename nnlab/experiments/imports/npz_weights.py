"""Weights out of an .npz file: what Keras' weights, or those of anything else, are saved as with numpy.savez."""

import lzma
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

from nnlab.datasets.files.npy_header import NpyHeader, read_npy_header
from nnlab.errors import WeightsFileError
from nnlab.experiments.imports.offered import Offered, WeightsFile
from nnlab.models.arrays import Array
from nnlab.regular_file import open_regular
from nnlab.words import shown

_MOST_TENSORS = 10_000
# What reading a zip archive of any bytes may raise.
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(ValueError, KeyError, IndexError, OverflowError, NotImplementedError, RuntimeError),
)


def read_npz(path: Path) -> WeightsFile:
    """Its arrays, in the order in which they were saved."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MOST_TENSORS:
                raise WeightsFileError(f"holds {len(members):,} arrays, more than nnlab reads")
            return WeightsFile(tuple(_offered(path, archive, member) for member in members))
    except _DAMAGED as error:
        raise _damaged(error) from None


def _offered(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Offered:
    if not member.filename.endswith(".npy"):
        raise WeightsFileError(f"holds {shown(member.filename)}, which is no array; save arrays alone, with numpy.savez")
    name = member.filename.removesuffix(".npy")
    with archive.open(member) as stream:
        header = read_npy_header(stream, shown(name))
    if header.size != member.file_size - header.start:
        raise WeightsFileError(f"{shown(name)} claims {header.size:,} bytes of numbers but has others; save it again")
    return Offered(name, header.shape, header.dtype.name, lambda: _numbers(path, member, header))


def _numbers(path: Path, member: zipfile.ZipInfo, header: NpyHeader) -> Array:
    """Read only of what has a shape that is wanted: no more memory is given than a model has."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive, archive.open(member) as stream:
            stream.read(header.start)
            content = stream.read(header.size)
            # Reading on to the end also compares the archive's checksum.
            stream.read(1)
    except _DAMAGED as error:
        raise _damaged(error) from None
    if len(content) != header.size:
        raise WeightsFileError(f"{shown(member.filename)} ends too early; save it again")
    return np.ndarray(header.shape, header.dtype, content, order="F" if header.is_fortran else "C")


def _damaged(error: Exception) -> WeightsFileError:
    return WeightsFileError(f"damaged ({shown(error)}); save it again")
