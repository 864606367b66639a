"""NumPy's own files: .npy is mapped where it lies, what is needed of an .npz is unpacked into the cache."""

import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind, fingerprint
from nnlab.datasets.files.beside import inputs_beside, labels_beside, tests_beside
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
    ("train_imgs", "train_labels", "test_imgs", "test_labels"),
    ("train_x", "train_y", "test_x", "test_y"),
    ("train_data", "train_labels", "test_data", "test_labels"),
    ("images", "labels", "test_images", "test_labels"),
    ("imgs", "labels", "test_imgs", "test_labels"),
    ("image", "label", "", ""),
    ("img", "label", "", ""),
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
    train = _file_part(path, reading)
    other = None if reading.is_alone else tests_beside(path)
    test = _file_part(other, replace(reading, like=reading.like or train)) if other else None
    return Found(train, test if test and (train.is_labelled or not test.is_labelled) else None)


def _file_part(path: Path, reading: Reading) -> Part:
    if other := inputs_beside(path):
        raise DatasetError(f"{shown(path.name)}: holds the labels; give the path of {shown(other.name)}")
    array, where = _only_array(path, reading)
    inputs, whites = as_inputs(array, where, ["npy", *fingerprint(path)], reading)
    beside = labels_beside(path) if reading.wants_labels else None
    labels = _labels(*_only_array(beside, reading), reading) if beside else Labels(None)
    return replace(_part(where, inputs, labels, shown(beside.name) if beside else ""), whites=whites)


def _only_array(path: Path, reading: Reading) -> tuple[Array, str]:
    """The one array of a file, and what sentences call it."""
    with open_regular(path) as file:
        is_archive = file.read(2) == b"PK"
    if not is_archive:
        return _map_npy(path), shown(path.name)
    with _archive(path) as archive:
        members = _members(path, archive)
        if len(members) != 1:
            raise DatasetError(f"{shown(path.name)}: holds {len(members):,} arrays, expected one")
        ((name, info),) = members.items()
        return _Member(path, archive, info, reading).array(), f"{shown(path.name)}: {shown(name)}"


def _labels(array: Array, where: str, reading: Reading) -> Labels:
    """The labels, or values where the model's or the training file's are such; none where all of them are -1 or no number,
    as competitions mark what is to be told.
    """
    if array.dtype.kind in "if" and array.size and bool(((array == -1) | (array != array)).all()):
        return Labels(None)
    like = reading.like
    if like is None:
        return as_labels(array, where, reading.settings.target)
    return as_labels(array, where, "values" if like.values is not None else "classes")


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
    """The arrays that are named as inputs and labels usually are; where there is but one, as if it were a .npy file."""
    with _archive(path) as archive:
        members = _members(path, archive)
        names = _choose(path, list(members))
        found = [_Member(path, archive, members[name], reading).array() if name else None for name in names]
    if len(members) == 1:
        return read_npy(path, reading)
    train = _npz_part(path, names[:2], found[:2], reading)
    matched = replace(reading, like=reading.like or train)
    return Found(train, _npz_part(path, names[2:], found[2:], matched) if found[2] is not None else None)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive opened; what goes wrong in it is told in a sentence."""
    try:
        with open_regular(path) as file, zipfile.ZipFile(file) as archive:
            yield archive
    except _DAMAGED as error:
        raise DatasetError(f"{shown(path.name)}: is damaged ({shown(error)}); get the file again") from None


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
            test = (spelled[test_inputs], spelled.get(test_labels, "")) if test_inputs in spelled else ("", "")
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
        labels = _labels(label_array, f"{shown(path.name)}: {shown(label_name)}", reading)
    return replace(_part(where, inputs, labels, label_name), whites=whites)


def _part(where: str, inputs: Array, labels: Labels, label_name: str) -> Part:
    targets = labels.values.numbers if labels.values is not None else labels.numbers
    if targets is not None and len(targets) != len(inputs):
        raise DatasetError(
            f"{where} holds {len(inputs):,} examples but {shown(label_name)} {len(targets):,} labels; they must be as many"
        )
    return Part(where, inputs, labels.numbers, labels.names, values=labels.values)


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
