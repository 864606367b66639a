"""Dataset settings by the names of settings, wherever they stand: the source's own or those of any data."""

from dataclasses import fields, replace
from typing import Any

from nnlab.datasets import DATASETS, DatasetSettings


def data_of(kind: str, **settings: Any) -> DatasetSettings:
    """A source of this kind, prepared as said."""
    own = {entry.name: settings.pop(entry.name) for entry in fields(DATASETS[kind]) if entry.name in settings}
    return DatasetSettings(DATASETS[kind](**own), **settings)


def with_own(dataset: DatasetSettings, **own: Any) -> DatasetSettings:
    """With other own settings of the source."""
    return replace(dataset, source=replace(dataset.source, **own))
