"""How a script comes by its data: from published files, from a seed, or from a file that is written beside it."""

import io
from collections.abc import Mapping

import numpy as np

from nnlab.datasets import Dataset, DatasetSettings
from nnlab.datasets.mnist import FASHION_MNIST, MNIST
from nnlab.datasets.sine import SineSource
from nnlab.datasets.toys import TOYS
from nnlab.errors import UnsupportedExportError
from nnlab.experiments.exports.scripts.piece import has_piece

_DEFAULT = "sources.published"
_BESIDE = "sources.beside"
# Of each dataset that needs no file beside the script: the pieces that read or make it, and its classes.
_READ: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    MNIST.name: ({}, MNIST.class_names),
    FASHION_MNIST.name: ({}, FASHION_MNIST.class_names),
    SineSource.name: ({_DEFAULT: "sources.sine"}, ()),
} | {
    toy.name: ({_DEFAULT: "sources.points", "toys.xor": f"toys.{toy.name}"}, tuple("ABC"))
    # The points of others lie beside the script.
    for toy in TOYS
    if has_piece(f"toys.{toy.name}")
}
_MOST_BYTES = 1 << 30


def is_read(settings: DatasetSettings) -> bool:
    """Whether a script reads or makes its examples itself, and nothing lies beside it."""
    return settings.source.name in _READ and not settings.encoder


def source_slots(settings: DatasetSettings) -> Mapping[str, str]:
    """Which pieces read the data."""
    return _READ[settings.source.name][0] if is_read(settings) else {_DEFAULT: _BESIDE}


def preparation(settings: DatasetSettings, dataset: Dataset) -> dict[str, object]:
    """Constants of what a script does to its examples before they are split; those beside it are prepared."""
    if not is_read(settings):
        return {"CLASSES": (), "EXAMPLES": 0, "IS_FLAT": False}
    names = _READ[settings.source.name][1]
    chosen = dataset.class_names if settings.classes.strip() else ()
    return {
        "CLASSES": tuple(names.index(name) for name in chosen),
        "EXAMPLES": settings.examples if settings.examples == len(dataset.train) else 0,
        "IS_FLAT": settings.layout == "flat" and settings.source.name in (MNIST.name, FASHION_MNIST.name),
    }


def file_beside(settings: DatasetSettings, dataset: Dataset) -> bytes | None:
    """The examples as a NumPy file, for a script that cannot read them by itself; None for one that can."""
    if is_read(settings):
        return None
    size = dataset.train.inputs.nbytes + dataset.test.inputs.nbytes
    if size > _MOST_BYTES:
        raise UnsupportedExportError(
            f"the data takes {size / 1e9:.1f} GB, and a script brings up to {_MOST_BYTES / 1e9:.1f} GB of its own with it; "
            "set dataset.examples"
        )
    arrays = {
        f"{name}_{part}": np.asarray(getattr(examples, part))
        for name, examples in (("train", dataset.train), ("test", dataset.test))
        for part in ("inputs", "targets")
    }
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()
