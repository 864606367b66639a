"""Files that may be gzipped: how they are told from others, and what can be wrong with them, in sentences."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

MAGIC = b"\x1f\x8b"


@contextmanager
def faults_told(path: Path) -> Iterator[None]:
    """Around whatever reads the file: its faults become DatasetErrors."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(
            f"{shown(path.name)}: the gzip data is damaged or cut short ({shown(error)}); get the file again"
        ) from None
    except OSError as error:
        raise DatasetError(f"{shown(path, 200)}: cannot be read ({error.strerror or 'no reason given'})") from None
