"""A folder of pictures, with one sub-folder for each class; or two such folders, for training and for the test."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind
from nnlab.datasets.files.classes import MOST_CLASSES, in_order
from nnlab.datasets.files.deep_greys import whites_of
from nnlab.datasets.files.look import Look
from nnlab.datasets.files.picture_file import depth, glance, has_color, name_of, pixels_of
from nnlab.datasets.files.picture_folders import folders_in, parts_of, pictures_of_class, pictures_under
from nnlab.datasets.files.reading import Found, Part, Reading
from nnlab.datasets.files.whites import Whites
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

# Pictures are handed on so many at a time.
_BATCH = 64
# Larger pictures than this are resized first: a batch of 64 would not fit the memory.
_MOST_PIXELS = 4 << 20
_DECODED = Kind("pictures", 3)

_Labelled = tuple[Path, int]


def is_picture_folder(look: Look) -> bool:
    """A folder with pictures, in sub-folders or by themselves."""
    return look.is_folder and any(True for _ in pictures_under(look.path))


def read_pictures(path: Path, reading: Reading) -> Found:
    """All pictures of all classes, of one size: their own, or that of the settings."""
    train, test = parts_of(path, reading.wants_labels)
    part = _part(train, path, reading)
    if test is None:
        return Found(part)
    return Found(part, _part(test, path, replace(reading, like=part), is_test=True))


def _part(folder: Path, root: Path, reading: Reading, is_test: bool = False) -> Part:
    is_labelled = reading.wants_labels and not (is_test and not folders_in(folder))
    listed, names = _list(folder) if is_labelled else ([(path, 0) for path in pictures_under(folder)], ())
    if not listed:
        raise DatasetError(f"{shown(folder.name)}: holds no pictures")
    files = [path for path, _ in listed]
    labels = np.array([label for _, label in listed], np.int64) if names else None
    settings = reading.settings
    like = reading.like.layout if reading.like else None
    like = like if isinstance(like, tuple) else None
    decided = reading.like.whites if reading.like else {}
    key = [
        settings.image_size,
        settings.color,
        like,
        dict(decided),
        *([str(path.absolute()), *_state(path)] for path in files),
    ]
    entry = reading.cache.get(_DECODED, key, lambda building: _decode(files, reading, like, building))
    pictures = entry.arrays["pictures"]
    inputs = pictures.reshape(len(files), -1) if reading.is_flat else pictures
    file_names = tuple(path.relative_to(root).as_posix() for path in files)
    return Part(
        *(shown(folder.name), inputs, labels, names, pictures.shape[1:]),
        whites=entry.about["whites"],
        file_names=file_names,
    )


def _list(folder: Path) -> tuple[list[_Labelled], tuple[str, ...]]:
    """The pictures with the numbers of their classes, and the classes' names."""
    classes = folders_in(folder)
    if not classes:
        raise DatasetError(
            f"{shown(folder.name)}: the pictures lie in the folder itself; put those of each class into a sub-folder "
            'with its name, or set dataset.source.label = "none"'
        )
    if len(classes) > MOST_CLASSES:
        raise DatasetError(f"{shown(folder.name)}: holds {len(classes):,} sub-folders, more classes than nnlab takes")
    names, ranks = in_order(tuple(shown(entry.name) for entry in classes), np.arange(len(classes)))
    assert ranks is not None
    pictures: list[_Labelled] = []
    for entry, rank in zip(classes, ranks, strict=True):
        inside = [(path, int(rank)) for path in pictures_of_class(Path(entry.path))]
        if not inside:
            raise DatasetError(
                f"{shown(folder.name)}: the sub-folder {shown(entry.name)} holds no pictures; remove it, or give the path "
                "of the folder whose sub-folders are the classes"
            )
        pictures += inside
    return pictures, names


def _state(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise DatasetError(f"{shown(path, 200)}: cannot be read ({error.strerror or 'no reason given'})") from None
    return status.st_size, status.st_mtime_ns


def _decode(files: Sequence[Path], reading: Reading, like: tuple[int, ...] | None, building: Building) -> dict[str, Any]:
    height, width, channels = _shape(files, reading, like)
    rows = building.rows("pictures", np.uint8, (height, width, channels), len(files))
    whites = _whites(files, reading)
    batch = np.empty((min(_BATCH, len(files)), height, width, channels), np.uint8)
    for start in range(0, len(files), _BATCH):
        some = files[start : start + _BATCH]
        for index, path in enumerate(some):
            reading.report(f"reading {shown(path.name)}", (start + index) / len(files))
            batch[index] = pixels_of(
                path, (height, width, channels), is_resized=reading.settings.image_size > 0, whites=whites
            )
        rows.append(batch[: len(some)])
    return {"whites": whites}


def _whites(files: Sequence[Path], reading: Reading) -> Whites:
    """What is white in pictures that are no bytes: as training decided it, and for kinds unknown to it, by all of these."""
    reaches = []
    for number, path in enumerate(files):
        reading.report("looking at the pictures", number / len(files))
        reach = depth(path)
        if reach is not None:
            reaches.append(reach)
    return {**whites_of(reaches), **(reading.like.whites if reading.like else {})}


def _shape(files: Sequence[Path], reading: Reading, like: tuple[int, ...] | None) -> tuple[int, int, int]:
    """Height, width and channels of all pictures; only their headers are read, except to find colour."""
    settings = reading.settings
    first = files[0]
    height, width, _ = glance(first)
    colored: list[Path] = []
    for number, path in enumerate(files):
        reading.report("looking at the pictures", number / len(files))
        high, wide, may_have_color = glance(path)
        if not settings.image_size and (high, wide) != (height, width):
            raise DatasetError(
                f"{name_of(first)} is {width} x {height} pixels but {name_of(path)} {wide} x {high}; "
                "set dataset.source.image_size to bring all pictures to one size"
            )
        if may_have_color:
            colored.append(path)
    if settings.image_size:
        height = width = settings.image_size
    if height * width > _MOST_PIXELS:
        raise DatasetError(
            f"{name_of(first)}: has {width:,} x {height:,} pixels, too many to learn from; set dataset.source.image_size"
        )
    if like is not None:
        return height, width, like[2]
    if settings.color == "auto":
        return height, width, 3 if any(_has_color(path, reading) for path in colored) else 1
    return height, width, 3 if settings.color == "rgb" else 1


def _has_color(path: Path, reading: Reading) -> bool:
    reading.report(f"looking for colour in {shown(path.name)}", float("nan"))
    return has_color(path)
