"""CSV: a row for each example, its label in one of the columns, or its values in some."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets.building import Building
from nnlab.datasets.cache import Kind, fingerprint
from nnlab.datasets.files.classes import in_order
from nnlab.datasets.files.csv_cells import CellParser
from nnlab.datasets.files.csv_guess import guess_layout
from nnlab.datasets.files.csv_layout import CSVLayout
from nnlab.datasets.files.look import Look
from nnlab.datasets.files.reading import Found, GivenValues, Part, Reading, as_pictures
from nnlab.datasets.files.text_file import UTF_16, TextFile, decoded
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError
from nnlab.targets import Values

# No text holds these bytes; of the others at least so many stand beside each zero byte.
_CONTROLS, _LETTERS_EACH = frozenset(range(1, 32)) - set(b"\t\n\f\r\x1b"), 50
_PARSED = Kind("csv", 5)


def is_csv(look: Look) -> bool:
    """Text: what holds no zero byte, or UTF-16, or few among letters, which are then told by their row."""
    if look.is_folder or b"\0" not in look.head or look.head.startswith(UTF_16):
        return not look.is_folder
    return look.head.count(b"\0") * _LETTERS_EACH < len(look.head) and not _CONTROLS & set(look.head)


def read_csv(path: Path, reading: Reading) -> Found:
    """Parsed once and kept; the labels are those of the settings' column."""
    like = reading.like.layout if reading.like else None
    like = like if isinstance(like, CSVLayout) else None
    settings = reading.settings
    key = [*fingerprint(path), settings.label, settings.target, settings.exclude, "flat" if reading.is_flat else "auto"]
    key += [asdict(like) if like else None, reading.ignores_labels]
    entry = reading.cache.get(_PARSED, key, lambda building: _parse(path, reading, like, building))
    layout = CSVLayout.from_table(entry.about["layout"])
    inputs = as_pictures(entry.arrays["inputs"], reading.is_flat)
    where = shown(path.name)
    named = f"{where}: {layout.column(layout.label)}" if layout.label >= 0 else ""
    if layout.values:
        values = GivenValues(entry.arrays["labels"], Values(layout.described().label, tuple(entry.about["units"])))
        return Found(Part(where, inputs, None, (), layout, named, values=values))
    labels = entry.arrays["labels"] if layout.label >= 0 else None
    names = tuple(entry.about["words"])
    if not layout.one_hot:
        names, labels = in_order(names, labels)
    return Found(Part(where, inputs, labels, names, layout, named))


def _parse(path: Path, reading: Reading, like: CSVLayout | None, building: Building) -> dict[str, Any]:
    where = shown(path.name)
    with TextFile(path) as file:
        sample = [decoded(line) for line in file.sample()]
        layout, header = guess_layout(where, sample, reading.settings, like, not reading.ignores_labels, reading.is_flat)
        features = building.rows("inputs", np.uint8 if layout.is_pixels else np.float64, (layout.features,))
        shape = (len(layout.values),) if layout.values else ()
        labels = building.rows("labels", np.float64 if layout.values else np.int64, shape)
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
    words = list(layout.described().label) if layout.one_hot else list(parser.words)
    return {"layout": asdict(layout), "words": words, "units": list(parser.units)}
