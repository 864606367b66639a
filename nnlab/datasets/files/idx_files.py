"""IDX files: a folder of them, or one file of pictures whose labels lie beside it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind, fingerprint
from nnlab.datasets.files.find_path import entries_of
from nnlab.datasets.files.look import Look, look_at
from nnlab.datasets.files.reading import Found, Part, Reading
from nnlab.datasets.idx import map_idx, unpack_idx
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError

_PICTURES, _LABELS = b"\0\0\x08\x03", b"\0\0\x08\x01"
_MAGIC = b"\0\0\x08"
_UNPACKED = Kind("idx", 1)
_TEST = re.compile(r"t10k|test", re.IGNORECASE)


def is_idx(look: Look) -> bool:
    """A file that begins as IDX files of unsigned bytes do."""
    return look.head.startswith(_MAGIC)


def is_idx_folder(look: Look) -> bool:
    """A folder in which such pictures lie."""
    return look.is_folder and any(pair.pictures for pair in _pairs(look.path).values())


@dataclass
class _Pair:
    pictures: Path | None = None
    labels: Path | None = None


@dataclass
class _Set:
    """The files of one set of data: for training, and for the test."""

    train: _Pair = field(default_factory=_Pair)
    test: _Pair = field(default_factory=_Pair)


def read_idx_folder(path: Path, reading: Reading) -> Found:
    """The one set of IDX files that lies in a folder."""
    sets = _sets(path)
    if len(sets) > 1:
        raise DatasetError(
            f"{shown(path.name)}: holds {len(sets)} sets of IDX files ({listed(sets)}); "
            "give the path of one file of pictures"
        )
    return _read(next(iter(sets.values())), path, reading)


def read_idx_file(path: Path, reading: Reading) -> Found:
    """A file of pictures, the labels beside it, and the test examples that belong to both."""
    beside = _sets(path.parent)
    for found in beside.values():
        for pair in (found.train, found.test):
            if _is_same(path, pair.pictures):
                # Who asks for the test files wants these and no others.
                return _read(_Set(pair) if reading.is_alone or pair is found.test else found, path, reading)
            if _is_same(path, pair.labels) and pair.pictures:
                raise DatasetError(f"{shown(path.name)}: holds the labels; give the path of {shown(pair.pictures.name)}")
    return _read(_Set(_Pair(path)), path, reading)


def _is_same(path: Path, other: Path | None) -> bool:
    """Whether both are the same file, be one of them gzipped."""
    return other is not None and path.name.removesuffix(".gz") == other.name.removesuffix(".gz")


def _sets(folder: Path) -> dict[str, _Set]:
    """Sets by what their files' names have in common."""
    sets: dict[str, _Set] = {}
    for stem, pair in _pairs(folder).items():
        if pair.pictures or pair.labels:
            name = re.sub(r"train|t10k|test|ubyte|[^a-z0-9]+", " ", stem).strip()
            found = sets.setdefault(" ".join(name.split()), _Set())
            if _TEST.search(stem):
                found.test = pair
            else:
                found.train = pair
    return {name: found for name, found in sets.items() if found.train.pictures or found.test.pictures}


def _pairs(folder: Path) -> dict[str, _Pair]:
    """Files of pictures and of labels, together under what is left of their names without these words."""
    pairs: dict[str, _Pair] = {}
    for entry in entries_of(folder):
        stem = entry.name.lower().removesuffix(".gz")
        if not re.search(r"image|label|idx", stem) or not entry.is_file():
            continue
        head = look_at(Path(entry.path)).head
        pair = pairs.setdefault(re.sub(r"images?|labels?|idx\d?", "", stem), _Pair())
        # By name the raw one of two comes first; it can be mapped.
        if head.startswith(_PICTURES):
            pair.pictures = pair.pictures or Path(entry.path)
        elif head.startswith(_LABELS):
            pair.labels = pair.labels or Path(entry.path)
    return pairs


def _read(found: _Set, path: Path, reading: Reading) -> Found:
    if not found.train.pictures:
        found = _Set(found.test)
    train = _part(found.train, path, reading)
    if not found.test.pictures:
        return Found(train)
    # Nobody can test on pictures without labels, but they are no reason to refuse the others.
    return Found(train, _part(found.test, path, reading if found.test.labels else replace(reading, ignores_labels=True)))


def _part(pair: _Pair, path: Path, reading: Reading) -> Part:
    assert pair.pictures is not None
    where = shown(pair.pictures.name)
    pictures = _array(pair.pictures, 3, reading)[..., np.newaxis]
    if not reading.wants_labels:
        return Part(where, pictures, None)
    if pair.labels is None:
        raise DatasetError(
            f"{where}: no file of labels (…labels-idx1-ubyte, raw or .gz) lies beside it in {shown(path.parent, 120)}; "
            'put it there, or set dataset.source.label = "none"'
        )
    labels = _array(pair.labels, 1, reading)
    if len(labels) != len(pictures):
        raise DatasetError(
            f"{where} holds {len(pictures):,} pictures but {shown(pair.labels.name)} {len(labels):,} labels; "
            "they must be as many"
        )
    return Part(where, pictures, labels.astype(np.int64))


def _array(path: Path, axes: int, reading: Reading) -> npt.NDArray[Any]:
    """Mapped from where it lies, or unpacked into the cache."""
    mapped = map_idx(path, axes)
    if mapped is not None:
        return mapped

    def build(building: Building) -> dict[str, Any]:
        """Into an array of the cache, as it is unpacked."""

        def begin(shape: tuple[int, ...]) -> Callable[[npt.NDArray[np.uint8]], None]:
            """The array can be made as soon as its shape is known; what takes its rows."""
            rows = building.rows("array", np.uint8, shape[1:], shape[0])
            count = 0

            def take(some: npt.NDArray[np.uint8]) -> None:
                nonlocal count
                count += len(some)
                reading.report(f"unpacking {shown(path.name)}", count / shape[0])
                rows.append(some)

            return take

        unpack_idx(path, axes, begin)
        return {}

    return reading.cache.get(_UNPACKED, [axes, *fingerprint(path)], build).arrays["array"]
