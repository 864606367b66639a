"""Where pictures lie in a folder as archives unpack it: parts for training and test, and classes, each perhaps deeper."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from nnlab.datasets.files.find_path import entries_of
from nnlab.datasets.files.picture_file import is_picture

# Folders in folders are looked through down to here.
_DEEPEST = 6
_BEFORE, _AFTER = "(seg|images?|imgs?|data)?", "(set|data|images?|imgs?|pictures)?[0-9]*"
_TRAIN = re.compile(f"{_BEFORE}train(ing)?{_AFTER}")
# Asked in this order: what is for validation is the test only where nothing else is.
_TESTS = tuple(re.compile(f"{_BEFORE}{name}{_AFTER}") for name in ("test(ing)?", "val(id(ation)?)?"))
# What the single folder in a test part is called where it is no class.
_NO_CLASS = ("unknown", "unlabelled", "unlabeled", "images", "pictures", "imgs", "all")


def pictures_under(folder: Path, deepest: int = _DEEPEST) -> Iterator[Path]:
    """All pictures in a folder and in the folders inside: first its own, then those of each in order."""
    entries = entries_of(folder)
    yield from (Path(entry.path) for entry in entries if is_picture(entry))
    if deepest:
        for entry in entries:
            if entry.is_dir():
                yield from pictures_under(Path(entry.path), deepest - 1)


def parts_of(folder: Path, is_labelled: bool) -> tuple[Path, Path | None]:
    """The folder to learn from and that for the test, None where there is none."""
    root = _unwrapped(folder)
    folders = {re.sub(r"[^a-z0-9]", "", entry.name.lower()): Path(entry.path) for entry in folders_in(root)}
    train = _named(_TRAIN, folders)
    # A folder of that name without classes in it is a class itself, such as that of pictures of trains.
    if train is None or (is_labelled and not folders_in(train)):
        return root, None
    test = next((found for name in _TESTS if (found := _named(name, folders))), None)
    return _unwrapped(train), _unwrapped_test(test) if test else None


def folders_in(folder: Path) -> list[os.DirEntry[str]]:
    """The folders in a folder, by name."""
    return [entry for entry in entries_of(folder) if entry.is_dir()]


def pictures_of_class(folder: Path) -> list[Path]:
    """The pictures of one class, which may lie in a single folder further down."""
    while not (own := _own_pictures(folder)) and len(inner := folders_in(folder)) == 1:
        folder = Path(inner[0].path)
    return own


def _named(name: re.Pattern[str], folders: dict[str, Path]) -> Path | None:
    fitting = sorted((found for found in folders if name.fullmatch(found)), key=len)
    return folders[fitting[0]] if fitting else None


def _unwrapped(folder: Path) -> Path:
    """The folder of classes or parts that lies alone in this one, or in one that does."""
    inner = folder
    for _ in range(_DEEPEST):
        found = folders_in(inner)
        if _own_pictures(inner) or not found:
            # Single folders down to pictures are a single class.
            return folder
        if len(found) > 1:
            return inner
        inner = Path(found[0].path)
    return folder


def _unwrapped_test(folder: Path) -> Path:
    """The same where the pictures may have no classes."""
    folder = _unwrapped(folder)
    inner = folders_in(folder)
    if len(inner) == 1 and inner[0].name.lower() in (folder.name.lower(), *_NO_CLASS) and not _own_pictures(folder):
        return Path(inner[0].path)
    return folder


def _own_pictures(folder: Path) -> list[Path]:
    return [Path(entry.path) for entry in entries_of(folder) if is_picture(entry)]
