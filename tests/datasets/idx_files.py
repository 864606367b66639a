"""Makes the IDX files that the tests read, right and wrong ones."""

import gzip
import struct
from pathlib import Path

import numpy as np


def idx_bytes(array: np.ndarray) -> bytes:
    """An array of unsigned bytes as an IDX file."""
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def write_idx(path: Path, array: np.ndarray, zipped: bool = False) -> Path:
    """The same, written raw or gzipped."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(idx_bytes(array)) if zipped else idx_bytes(array))
    return path


def write_published(folder: Path, train: int = 12, test: int = 6, classes: int = 10, zipped: bool = False) -> Path:
    """A small folder with the four files of MNIST and its kin; picture n is filled with n, its label is n mod classes."""
    ending = ".gz" if zipped else ""
    for part, count in (("train", train), ("t10k", test)):
        pictures = np.repeat(np.arange(count), 16).reshape(count, 4, 4)
        write_idx(folder / f"{part}-images-idx3-ubyte{ending}", pictures, zipped)
        write_idx(folder / f"{part}-labels-idx1-ubyte{ending}", np.arange(count) % classes, zipped)
    return folder
