"""Arrays that belong together lie beside each other: labels, inputs and test files are found by what their names share."""

import re
from collections.abc import Iterator
from pathlib import Path

_INPUTS = ("images", "image", "imgs", "img", "pictures", "data", "features", "inputs", "x")
_LABELS = ("labels", "label", "lbls", "targets", "target", "y")
_ENDINGS = (".npy", ".npz")
# A word stands between what are no letters; x and y also right before the part's name, as in xtrain.
_WORD = re.compile(rf"(?<![a-z])({'|'.join(_INPUTS + _LABELS)})(?![a-z])|(?<![a-z])([xy])(?=train|test|val)", re.IGNORECASE)


def labels_beside(path: Path) -> Path | None:
    """The file of the labels that belong to these inputs."""
    added = (f"{path.stem}{between}{word}" for word in ("labels", "label") for between in "_-")
    return _first(path, [*_swapped(path.stem, _INPUTS, _LABELS), *added])


def inputs_beside(path: Path) -> Path | None:
    """The file of the inputs that these labels belong to; None also where the name tells of no labels."""
    words = list(_WORD.finditer(path.stem))
    if not words or words[-1][0].lower() not in _LABELS:
        return None
    return _first(
        path, [*_swapped(path.stem, _LABELS, _INPUTS), re.sub(r"[_-]?labels?$", "", path.stem, flags=re.IGNORECASE)]
    )


def tests_beside(path: Path) -> Path | None:
    """The file of the test examples that belong to these."""
    return _first(path, [re.sub("train", "test", path.stem, count=1, flags=re.IGNORECASE)])


def _swapped(stem: str, words: tuple[str, ...], others: tuple[str, ...]) -> Iterator[str]:
    """The name with one of the words replaced by each of the others; the last word of the name comes first."""
    for found in reversed(list(_WORD.finditer(stem))):
        if found[0].lower() in words:
            for other in others:
                yield stem[: found.start()] + other + stem[found.end() :]


def _first(path: Path, stems: list[str]) -> Path | None:
    """The first other file of such a name, however it is capitalised; of the same kind before others."""
    endings = sorted(_ENDINGS, key=lambda ending: ending != path.suffix.lower())
    there = {other.name.lower(): other for other in path.parent.iterdir() if other.suffix.lower() in _ENDINGS}
    for stem in stems:
        for ending in endings:
            other = there.get(f"{stem}{ending}".lower())
            if other is not None and other.stem.lower() != path.stem.lower() and other.is_file():
                return other
    return None
