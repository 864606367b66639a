"""The kinds of files that a person's own data may come in: one row each. What a file is shows in its first bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets.files.csv_table import is_csv, read_csv
from nnlab.datasets.files.find_path import entries_of
from nnlab.datasets.files.idx_files import is_idx, is_idx_folder, read_idx_file, read_idx_folder
from nnlab.datasets.files.look import Look, look_at
from nnlab.datasets.files.numpy_files import is_npy, is_npz, read_npy, read_npz
from nnlab.datasets.files.picture_classes import is_picture_folder, read_pictures
from nnlab.datasets.files.reading import Found, Reading
from nnlab.datasets.words import listed, shown
from nnlab.errors import DatasetError


@dataclass(frozen=True)
class Format:
    """A name for people, how a path of this kind is told from others, and what reads it."""

    name: str
    is_it: Callable[[Look], bool]
    read: Callable[[Path, Reading], Found]


# Asked in this order: text is what nothing else is.
FORMATS = (
    Format("IDX folder", is_idx_folder, read_idx_folder),
    Format("pictures", is_picture_folder, read_pictures),
    Format("IDX", is_idx, read_idx_file),
    Format("npy", is_npy, read_npy),
    Format("npz", is_npz, read_npz),
    Format("CSV", is_csv, read_csv),
)

# What people also try, and what to do instead.
_OTHERS = (
    (b"\x89PNG", "is a single picture; give a folder with one sub-folder of pictures for each class"),
    (b"\xff\xd8\xff", "is a single picture; give a folder with one sub-folder of pictures for each class"),
    (b"GIF8", "is a single picture; give a folder with one sub-folder of pictures for each class"),
    (b"PK\x03\x04", "is a zip archive or a spreadsheet; unpack it, or save the sheet as CSV"),
    (b"PK\x05\x06", "is an empty archive; save it again"),
    (b"\x89HDF", "is HDF5; save its arrays with numpy.savez"),
    (b"PAR1", "is Parquet; save it as CSV"),
    (b"SQLite format 3", "is a database; save a table of it as CSV"),
    (b"%PDF", "is a PDF; give a CSV, .npy, .npz or IDX file, or a folder of pictures"),
    (b"<", "is a web page or XML; download the data itself"),
    (b"\x80", "may be a pickle, which nnlab never opens since it could run anything; save its arrays with numpy.savez"),
)
_EXPECTED = "expected CSV, .npy, .npz, IDX, or a folder with one sub-folder of pictures for each class"


def read_path(path: Path, reading: Reading) -> Found:
    """Find out what a path holds, and read it."""
    look = look_at(path)
    if not look.is_folder and not look.head:
        raise DatasetError(f"{shown(path.name)}: is empty; {_EXPECTED}")
    for begin, what in _OTHERS:
        if look.head.lstrip().startswith(begin) and not is_npz(look):
            raise DatasetError(f"{shown(path.name)}: {what}")
    for kind in FORMATS:
        if kind.is_it(look):
            return kind.read(path, reading)
    raise DatasetError(f"{shown(path.name) or 'the folder'}: {_what_else(look)}")


def _what_else(look: Look) -> str:
    if not look.is_folder:
        return f"is none of the files that nnlab reads; {_EXPECTED}"
    files = [entry.name for entry in entries_of(look.path) if entry.is_file()]
    data = [name for name in files if name.lower().removesuffix(".gz").endswith((".csv", ".npy", ".npz"))]
    if data:
        return f"is a folder with {listed(data)}; give the path of one of them"
    return f"is a folder in which nnlab finds no data; {_EXPECTED}"
