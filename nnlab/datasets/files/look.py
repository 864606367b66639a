"""A first look at what a path holds: enough to tell what kind it is."""

import gzip
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets.gzipped import MAGIC, faults_told
from nnlab.regular_file import open_regular

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
    with faults_told(path):
        if path.is_dir():
            return Look(path, True)
        with open_regular(path) as raw:
            head = raw.read(_HEAD)
            if not head.startswith(MAGIC):
                return Look(path, False, head)
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) as stream:
                return Look(path, False, stream.read(_HEAD), True)
