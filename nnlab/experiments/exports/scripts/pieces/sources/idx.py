"""The IDX format."""

import gzip
from pathlib import Path

import numpy as np


def read_idx(path: Path) -> np.ndarray:
    """The array in an IDX file: a magic number, the sizes, then the bytes.

    Raw, or gzipped with .gz behind its name.
    """
    if path.is_file():
        content = path.read_bytes()
    elif path.with_name(f"{path.name}.gz").is_file():
        content = gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes())
    else:
        raise SystemExit(
            f"{path} is missing, raw or gzipped; name the folder of the data"
        )
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
