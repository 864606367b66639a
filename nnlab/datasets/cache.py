"""A folder of arrays that took long to make: written once, and from then on mapped into memory instead of read.

An entry is a folder, named after a digest of all that its arrays depend on, with one .npy file for each and `about.json`,
which knows their checksums and its own. It is made beside its place and moved there whole; a damaged one is made again.
Where nothing can be written the arrays are made in memory, and nothing is kept.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nnlab.datasets.building import Building, CannotStoreError, InMemory, OnDisk

Array = npt.NDArray[Any]
Build = Callable[[Building], dict[str, Any]]

# Entries beyond this are thrown away, those that were not used for longest first.
_MOST_BYTES = 8 << 30
_UNFINISHED = ".unfinished-"
_DAY = 24 * 3600.0
# Large arrays are checked by so many pieces of this size, evenly spaced: opening them must not read them whole.
_PIECES = 64
_PIECE = 1 << 20


class Kind(NamedTuple):
    """What makes entries. Another version makes what was kept by an older one worthless."""

    name: str
    version: int


@dataclass(frozen=True)
class CachedArrays:
    """Arrays by name, read-only where they are mapped, and what else was found out when they were made."""

    arrays: dict[str, Array]
    about: dict[str, Any]


class Cache:
    """Entries in a folder; without a folder everything is made in memory each time."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def holds(self, path: Path) -> bool:
        """Whether a file is one of an entry, which nobody else writes to."""
        return self._folder is not None and path.resolve().is_relative_to(self._folder.resolve())

    def get(self, kind: Kind, key: Sequence[object], build: Build) -> CachedArrays:
        """The entry of this kind and key (values that JSON can write), built where it is not there or not whole.

        `build` fills arrays and returns what to remember with them. It may be called twice: when the disk is full after half
        of the work, once more for memory.
        """
        if self._folder is not None:
            place = self._folder / hashlib.sha256(json.dumps([*kind, *key]).encode()).hexdigest()[:32]
            found = _open(place)
            if found is not None:
                return found
            with contextlib.suppress(CannotStoreError):
                return self._build(self._folder, place, build)
        building = InMemory()
        about = build(building)
        return CachedArrays(building.finish(), about)

    def _build(self, folder: Path, place: Path, build: Build) -> CachedArrays:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(dir=folder, prefix=_UNFINISHED))
        except OSError as error:
            raise CannotStoreError from error
        building = OnDisk(unfinished)
        try:
            about = build(building)
            building.finish()
            _describe(unfinished, about)
            _move(unfinished, place)
        finally:
            building.close()
            shutil.rmtree(unfinished, ignore_errors=True)
        _trim(folder, place)
        found = _open(place)
        if found is None:
            raise CannotStoreError
        return found


def fingerprint(path: Path) -> list[object]:
    """What tells whether a file is still the one it was: where it is, its size, and when it was last written."""
    status = path.stat()
    # Copying tools give a file its old time of writing back, but none can set when its entry was changed.
    return [str(path.resolve()), status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _describe(folder: Path, about: dict[str, Any]) -> None:
    checksums = {path.stem: _checksum(path) for path in sorted(folder.glob("*.npy"))}
    described = {"checksums": checksums, "about": about}
    try:
        (folder / "about.json").write_text(json.dumps(described | {"seal": _seal(described)}), encoding="utf-8")
    except OSError as error:
        raise CannotStoreError from error


def _move(unfinished: Path, place: Path) -> None:
    try:
        # What stands there was found damaged, or another process has made the same meanwhile.
        shutil.rmtree(place, ignore_errors=True)
        os.replace(unfinished, place)
    except OSError as error:
        if not place.is_dir():
            raise CannotStoreError from error


def _open(place: Path) -> CachedArrays | None:
    """The entry, or None where it is not there or not whole."""
    try:
        described = json.loads((place / "about.json").read_text(encoding="utf-8"))
        if described.pop("seal") != _seal(described):
            return None
        arrays: dict[str, Array] = {}
        for name, checksum in described["checksums"].items():
            path = place / f"{name}.npy"
            if _checksum(path) != checksum:
                return None
            # A plain array over the mapping: slices of memmap objects are slower to make.
            arrays[name] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        about = dict(described["about"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    with contextlib.suppress(OSError):
        os.utime(place)
    return CachedArrays(arrays, about)


def _seal(described: dict[str, Any]) -> int:
    """A CRC-32 of what a description says, however it is written."""
    return zlib.crc32(json.dumps(described, sort_keys=True).encode())


def _checksum(path: Path) -> list[int]:
    """The size, and a CRC-32 of the whole or of evenly spaced pieces."""
    size = path.stat().st_size
    last = max(size - _PIECE, 0)
    count = min(_PIECES, -(-size // _PIECE))
    value = 0
    with path.open("rb") as file:
        for number in range(count):
            file.seek(number * last // max(count - 1, 1) if size > _PIECES * _PIECE else number * _PIECE)
            value = zlib.crc32(file.read(_PIECE), value)
    return [size, value]


def _trim(folder: Path, newest: Path) -> None:
    """Throw away what was used longest ago until the rest is small enough, and what a crash left half done."""
    entries = []
    with contextlib.suppress(OSError):
        for place in folder.iterdir():
            used = place.stat().st_mtime
            if place.name.startswith(_UNFINISHED):
                if time.time() - used > _DAY:
                    shutil.rmtree(place, ignore_errors=True)
            elif place != newest and (place / "about.json").is_file():
                entries.append((used, place))
    room = _MOST_BYTES - _size(newest)
    for _, place in sorted(entries, reverse=True):
        room -= _size(place)
        if room < 0:
            shutil.rmtree(place, ignore_errors=True)


def _size(place: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(path.stat().st_size for path in place.iterdir())
    return 0
