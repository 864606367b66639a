"""The IDX format."""

import gzip
import zlib
from pathlib import Path

import numpy as np


def read_idx(path: Path) -> np.ndarray:
    """The array in an IDX file: a magic number, the sizes, then the bytes.

    Raw, or gzipped with .gz behind its name.
    """
    packed = path.with_name(f"{path.name}.gz")
    if not path.is_file() and not packed.is_file():
        raise SystemExit(
            f"{path} is missing, raw or gzipped; name the folder of the data"
        )
    try:
        if path.is_file():
            content = path.read_bytes()
        else:
            content = gzip.decompress(packed.read_bytes())
        axes = content[3]
        shape = np.frombuffer(content, ">u4", axes, offset=4)
        return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
    except (OSError, EOFError, IndexError, ValueError, zlib.error):
        raise SystemExit(f"{path} is damaged; download it again") from None
