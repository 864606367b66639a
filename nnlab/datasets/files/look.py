"""A first look at what a path holds: enough to tell what kind it is."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

_HEAD = 4096


@dataclass(frozen=True)
class Look:
    """A folder, or a file with its first bytes, unzipped where it is gzipped."""

    path: Path
    is_folder: bool
    head: bytes = b""
    is_zipped: bool = False


def look_at(path: Path) -> Look:
    """Open a file and read its beginning."""
    try:
        if path.is_dir():
            return Look(path, True)
        with path.open("rb") as raw:
            head = raw.read(_HEAD)
            if not head.startswith(b"\x1f\x8b"):
                return Look(path, False, head)
            raw.seek(0)
            try:
                with gzip.GzipFile(fileobj=raw) as stream:
                    return Look(path, False, stream.read(_HEAD), True)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise DatasetError(
                    f"{shown(path.name)}: the gzip data is damaged or cut short ({shown(error)}); get the file again"
                ) from None
    except OSError as error:
        raise DatasetError(f"{shown(path, 200)}: cannot be read ({error.strerror or 'no reason given'})") from None
