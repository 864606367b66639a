"""CSV: a row for each example, its label in one of the columns."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind, fingerprint
from nnlab.datasets.files.classes import in_order
from nnlab.datasets.files.csv_cells import CellParser
from nnlab.datasets.files.csv_layout import CSVLayout, guess_layout
from nnlab.datasets.files.look import Look
from nnlab.datasets.files.reading import Found, Part, Reading, as_pictures
from nnlab.datasets.files.text_file import TextFile
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError

_PARSED = Kind("csv", 2)


def is_csv(look: Look) -> bool:
    """Text: whatever holds no zero byte."""
    return not look.is_folder and b"\0" not in look.head


def read_csv(path: Path, reading: Reading) -> Found:
    """Parsed once and kept; the labels are those of the settings' column."""
    like = reading.like.layout if reading.like else None
    like = like if isinstance(like, CSVLayout) else None
    settings = reading.settings
    key = [*fingerprint(path), settings.label, settings.layout, asdict(like) if like else None]
    entry = reading.cache.get(_PARSED, key, lambda building: _parse(path, reading, like, building))
    layout = CSVLayout(**entry.about["layout"] | {"names": tuple(entry.about["layout"]["names"])})
    inputs = as_pictures(entry.arrays["inputs"], reading.is_flat)
    labels = entry.arrays["labels"] if layout.label >= 0 else None
    names, labels = in_order(tuple(entry.about["words"]), labels)
    return Found(Part(shown(path.name), inputs, labels, names, layout))


def _parse(path: Path, reading: Reading, like: CSVLayout | None, building: Building) -> dict[str, Any]:
    where = shown(path.name)
    with TextFile(path) as file:
        sample = [line.decode(errors="replace") for line in file.sample()]
        layout, header = guess_layout(where, sample, reading.settings, like)
        _compare(where, layout, like)
        features = building.rows("inputs", np.uint8 if layout.is_pixels else np.float64, (layout.features,))
        labels = building.rows("labels", np.int64)
        parser = CellParser(where, layout, header)
        count = 0
        for number, block in enumerate(file.blocks()):
            reading.report(f"reading {where}", file.share)
            lines = b"\n".join(block.splitlines()[header:]) if number == 0 and header else block
            some, theirs = parser.parse(lines)
            features.append(some)
            labels.append(theirs)
            count += len(some)
    if not count:
        raise DatasetError(f"{where}: holds no rows")
    return {"layout": asdict(layout), "words": list(parser.words)}


def _compare(where: str, layout: CSVLayout, like: CSVLayout | None) -> None:
    """Say early, in columns, what would not fit the training file."""
    if like is not None and layout.features != like.features:
        raise DatasetError(
            f"{where}: has {layout.features:,} columns beside the label, but the training file {like.features:,}; "
            "both must have the same"
        )
    if like is None or not (like.names and layout.names):
        return
    wanted, here = (
        [(place, name) for place, name in enumerate(each.names) if place != each.label] for each in (like, layout)
    )
    for (_, expected), (place, name) in zip(wanted, here, strict=True):
        if name.lower() != expected.lower():
            raise DatasetError(
                f"{where}: {layout.column(place)} stands where '{shown(expected, 30)}' stood in training; "
                "put the columns into the same order"
            )
