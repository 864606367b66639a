"""What data there is: the reports behind `nnlab datasets`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.datasets import DATASETS, Dataset, DatasetSettings
from nnlab.datasets.dataset import Examples
from nnlab.datasets.download import download
from nnlab.datasets.files import FileSource
from nnlab.datasets.files.find_path import find_path
from nnlab.datasets.mnist import Published, place_of
from nnlab.datasets.summary import value_ranges
from nnlab.datasets.words import shown
from nnlab.errors import DatasetError
from nnlab.experiments.assembly import load_data
from nnlab.experiments.places import home
from nnlab.report import Report, silent
from nnlab.settings import nearest


def list_datasets(folders: Sequence[Path]) -> dict[str, Any]:
    """A row for every dataset that an experiment can name: what it is, and where it lies or how to get it.

    `path` is None where nothing has to lie anywhere, and where it does but does not; `get` then says what to do.
    """
    return {"datasets": [_row(name, folders) for name in DATASETS]}


def _row(name: str, folders: Sequence[Path]) -> dict[str, Any]:
    source = DATASETS[name]
    place = place_of(source.published, folders) if source.published else None
    get = f"nnlab datasets download {name}" if source.published and place is None else ""
    return {"name": name, "about": source.about, "path": str(place) if place else None, "get": get}


def show_dataset(name: str, folders: Sequence[Path], report: Report = silent) -> dict[str, Any]:
    """What is known about a dataset, named or at a path: sizes, examples per class, memory, source, licence, place."""
    settings = _settings_of(name, folders)
    dataset = load_data(settings, folders, report)
    source = settings.source
    published = source.published
    place = place_of(published, folders) if published else None
    return {
        "name": source.name,
        "title": dataset.title,
        "shape": list(dataset.example_shape),
        "train": len(dataset.train),
        "test": len(dataset.test),
        "classes": _classes(dataset),
        **({"values": [asdict(each) for each in ranges]} if (ranges := value_ranges(dataset)) else {}),
        "columns": asdict(dataset.table) if dataset.table else None,
        "memory": sum(_memory(part) for part in (dataset.train, dataset.test)),
        "path": str(place) if place else source.path if isinstance(source, FileSource) else None,
        "source": dataset.source,
        "licence": dataset.licence,
    }


def download_dataset(name: str, folder: Path | None = None, report: Report = silent) -> dict[str, Any]:
    """Download a dataset into a folder, by default the person's own, and tell where it lies."""
    published = _downloadable(name)
    place = download(published, folder or home() / "data", report)
    files = {file.name: file.stat().st_size for file in sorted(place.iterdir()) if file.name in published.checksums}
    return {"name": name, "title": published.title, "path": str(place), "files": files}


def _downloadable(name: str) -> Published:
    sources = {known: source.published for known, source in DATASETS.items() if source.published}
    if published := sources.get(name):
        return published
    if name in DATASETS:
        raise DatasetError(f"{name} needs no download: {DATASETS[name].about}; to download are {', '.join(sources)}")
    raise DatasetError(f"there is no dataset '{shown(name)}' to download; {nearest(name, sources)}")


def _settings_of(name: str, folders: Sequence[Path]) -> DatasetSettings:
    if name in DATASETS:
        return DatasetSettings(DATASETS[name]())
    try:
        find_path("dataset.source.path", name, folders)
    except DatasetError:
        raise DatasetError(f"'{shown(name)}' is neither a dataset nor a path; {nearest(name, DATASETS)}") from None
    return DatasetSettings(FileSource(path=name))


def _classes(dataset: Dataset) -> list[dict[str, Any]]:
    counts = [np.bincount(part.labels, minlength=len(dataset.class_names)) for part in (dataset.train, dataset.test)]
    return [
        {"name": name, "train": int(train), "test": int(test)}
        for name, train, test in zip(dataset.class_names, *counts, strict=False)
    ]


def _memory(examples: Examples) -> int:
    return int(examples.inputs.nbytes + examples.targets.nbytes)
