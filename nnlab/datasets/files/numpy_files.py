"""NumPy's own files: .npy is mapped where it lies, what is needed of an .npz is unpacked into the cache."""

import lzma
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind, fingerprint
from nnlab.datasets.files.label_arrays import Labels, as_labels
from nnlab.datasets.files.look import Look
from nnlab.datasets.files.npy_header import MAGIC, NpyHeader, read_npy_header
from nnlab.datasets.files.number_arrays import as_inputs
from nnlab.datasets.files.reading import Found, Part, Reading
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError
from nnlab.regular_file import open_regular

Array = npt.NDArray[Any]

_CHUNK = 1 << 20
_MOST_MEMBERS = 1000
# A member that unpacks to more than this must not be so many times smaller.
_LARGE = 64 << 20
_MOST_SWOLLEN = 200
_UNPACKED = Kind("npz", 1)
# What reading a zip archive of any bytes may raise.
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError),
    *(ValueError, KeyError, IndexError, OverflowError, NotImplementedError, RuntimeError),
)
# The names under which arrays are usually saved: inputs, labels, and both of the test.
_NAMES = (
    ("x_train", "y_train", "x_test", "y_test"),
    ("train_images", "train_labels", "test_images", "test_labels"),
    ("train_x", "train_y", "test_x", "test_y"),
    ("train_data", "train_labels", "test_data", "test_labels"),
    ("images", "labels", "test_images", "test_labels"),
    ("data", "target", "", ""),
    ("data", "labels", "", ""),
    ("features", "labels", "", ""),
    ("inputs", "labels", "", ""),
    ("inputs", "targets", "", ""),
    ("x", "y", "", ""),
    ("arr_0", "arr_1", "", ""),
)


def is_npy(look: Look) -> bool:
    """A file that begins as numpy.save writes it."""
    return look.head.startswith(MAGIC) and not look.is_zipped


def is_npz(look: Look) -> bool:
    """A zip archive whose first member is an array."""
    return look.head.startswith(b"PK\x03\x04") and not look.is_zipped and b".npy" in look.head[30:1024]


def read_npy(path: Path, reading: Reading) -> Found:
    """One array of inputs, the labels in a file beside it where there is one, and the test files that belong to both."""
    train = _npy_part(path, reading)
    other = _beside(path, [(r"train", "test")])
    test = _npy_part(other, replace(reading, like=reading.like or train)) if other else None
    # What cannot be tested on is not meant for testing.
    return Found(train, test if test and (train.labels is None) == (test.labels is None) else None)


def _npy_part(path: Path, reading: Reading) -> Part:
    where = shown(path.name)
    if _looks_like_labels(path) and (
        other := _beside(path, [(r"^y", "x"), (r"^y", "X"), (r"labels", "images"), (r"_?labels?$", "")])
    ):
        raise DatasetError(f"{where}: holds the labels; give the path of {shown(other.name)}")
    inputs, whites = as_inputs(_map_npy(path), where, ["npy", *fingerprint(path)], reading)
    beside = reading.wants_labels and _beside(
        path, [(r"$", "_labels"), (r"^x", "y"), (r"^X", "y"), (r"^X", "Y"), (r"images", "labels"), (r"data", "labels"),
               (r"data", "target"), (r"features", "labels"), (r"inputs", "labels"), (r"inputs", "targets")]
    )  # fmt: skip
    labels = as_labels(_map_npy(beside), shown(beside.name)) if beside else Labels(None)
    return replace(_part(where, inputs, labels, shown(beside.name) if beside else ""), whites=whites)


def _looks_like_labels(path: Path) -> bool:
    return bool(re.match(r"y(_|$)|labels?(_|$)|.*_labels?$", path.stem, re.IGNORECASE))


def _beside(path: Path, changes: Iterable[tuple[str, str]]) -> Path | None:
    """The first other file that is there when a part of the name is put in place of another."""
    for pattern, instead in changes:
        other = path.with_name(re.sub(pattern, instead, path.stem, count=1) + path.suffix)
        try:
            if other != path and other.is_file():
                return other
        except OSError:
            continue
    return None


def _map_npy(path: Path) -> Array:
    where = shown(path.name)
    try:
        with open_regular(path) as file:
            header = read_npy_header(file, where)
            held = os.fstat(file.fileno()).st_size - header.start
            _check_size(header, held, where)
            return _seen_as(np.memmap(file, np.uint8, "r", header.start, (header.size,)), header)
    except OSError as error:
        raise DatasetError(f"{shown(path, 200)}: cannot be read ({error.strerror or 'no reason given'})") from None


def _check_size(header: NpyHeader, held: int, where: str) -> None:
    if header.size == 0:
        raise DatasetError(f"{where}: holds no numbers")
    if held != header.size:
        raise DatasetError(f"{where}: claims {header.size:,} bytes of numbers but holds {held:,}; get the file again")


def _seen_as(content: Array, header: NpyHeader) -> Array:
    """Bytes as the array that the header tells of; nothing is copied."""
    return np.ndarray(header.shape, header.dtype, np.asarray(content), order="F" if header.is_fortran else "C")


def read_npz(path: Path, reading: Reading) -> Found:
    """The arrays that are named as inputs and labels usually are."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            members = _members(path, archive)
            names = _choose(path, list(members))
            found = [_Member(path, archive, members[name], reading).array() if name else None for name in names]
    except _DAMAGED as error:
        raise DatasetError(f"{shown(path.name)}: is damaged ({shown(error)}); get the file again") from None
    train = _npz_part(path, names[:2], found[:2], reading)
    matched = replace(reading, like=reading.like or train)
    return Found(train, _npz_part(path, names[2:], found[2:], matched) if found[2] is not None else None)


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    members = {info.filename.removesuffix(".npy"): info for info in archive.infolist() if info.filename.endswith(".npy")}
    if len(members) > _MOST_MEMBERS:
        raise DatasetError(f"{shown(path.name)}: holds {len(members):,} arrays, more than nnlab reads")
    if len(members) < len(archive.infolist()):
        raise DatasetError(f"{shown(path.name)}: holds two members of one name, or some that are no arrays; save it again")
    return members


def _choose(path: Path, names: list[str]) -> tuple[str, str, str, str]:
    """The names of inputs, labels, and both of the test in an archive; "" where there is none."""
    spelled = {name.lower(): name for name in names}
    for inputs, labels, test_inputs, test_labels in _NAMES:
        if inputs in spelled and labels in spelled:
            has_test = test_inputs in spelled and test_labels in spelled
            test = (spelled[test_inputs], spelled[test_labels]) if has_test else ("", "")
            return (spelled[inputs], spelled[labels], *test)
    if len(names) == 1:
        return names[0], "", "", ""
    raise DatasetError(
        f"{shown(path.name)}: holds the arrays {listed(names)}; expected inputs and labels under names such as x_train and "
        "y_train (x_test, y_test), images and labels, or X and y"
    )


def _npz_part(path: Path, names: Iterable[str], arrays: Iterable[Array | None], reading: Reading) -> Part:
    (name, label_name), (array, label_array) = names, arrays
    assert array is not None
    where = f"{shown(path.name)}: {shown(name)}"
    inputs, whites = as_inputs(array, where, [*_UNPACKED, name, *fingerprint(path)], reading)
    labels = Labels(None)
    if label_array is not None and reading.wants_labels:
        labels = as_labels(label_array, f"{shown(path.name)}: {shown(label_name)}")
    return replace(_part(where, inputs, labels, label_name), whites=whites)


def _part(where: str, inputs: Array, labels: Labels, label_name: str) -> Part:
    if labels.numbers is not None and len(labels.numbers) != len(inputs):
        raise DatasetError(
            f"{where} holds {len(inputs):,} examples but {shown(label_name)} {len(labels.numbers):,} labels; "
            "they must be as many"
        )
    return Part(where, inputs, labels.numbers, labels.names)


class _Member:
    """One array in an archive. Its header is read and compared with the archive's own word before anything is unpacked."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo, reading: Reading) -> None:
        self._path = path
        self._archive = archive
        self._info = info
        self._reading = reading
        self._where = f"{shown(path.name)}: {shown(info.filename)}"

    def array(self) -> Array:
        """The array, unpacked into the cache."""
        with self._archive.open(self._info) as stream:
            header = read_npy_header(stream, self._where)
        _check_size(header, self._info.file_size - header.start, self._where)
        if header.size > max(_MOST_SWOLLEN * self._info.compress_size, _LARGE):
            raise DatasetError(
                f"{self._where}: unpacks to {header.size:,} bytes, more than {_MOST_SWOLLEN} times its size, as only a "
                "compression bomb does; if that is what it holds, save it with numpy.save"
            )
        key = [self._info.filename, *fingerprint(self._path)]
        content = self._reading.cache.get(_UNPACKED, key, lambda building: self._unpack(building, header)).arrays["bytes"]
        return _seen_as(content, header)

    def _unpack(self, building: Building, header: NpyHeader) -> dict[str, Any]:
        content = building.rows("bytes", np.uint8, expected=header.size)
        with self._archive.open(self._info) as stream:
            _read(stream, header.start)
            left = header.size
            while left:
                self._reading.report(f"unpacking {self._where}", 1 - left / header.size)
                chunk = _read(stream, min(_CHUNK, left))
                content.append(np.frombuffer(chunk, np.uint8))
                left -= len(chunk)
            # Reading on to the end also compares the archive's checksum.
            stream.read(1)
        return {}


def _read(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError("it ends too early")
    return content
