"""Every setting of an experiment that a sweep may vary, by its own label; of the layers each one's."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.experiment import Experiment
from nnlab.experiments.setting_words import LAYER_LISTS, kind_words, value_with_unit
from nnlab.models.capabilities import is_layered
from nnlab.settings import Description, Settings, describe, kind_of

# From so many times the lower end on a range goes by factors.
_FACTOR = 5.0


@dataclass(frozen=True)
class Choosable:
    """A setting: its dotted name, what it is called and in which part of the window, what it is now, and what it can be."""

    name: str
    label: str
    section: str
    value: Any
    words: str
    description: Description

    @property
    def levels(self) -> tuple[str, ...]:
        """Of one that is chosen from a list all there are, as files have them."""
        if self.description.choices:
            return self.description.choices
        return ("false", "true") if isinstance(self.value, bool) else ()

    @property
    def is_number(self) -> bool:
        """Whether a range makes sense."""
        return isinstance(self.value, int | float) and not isinstance(self.value, bool)

    @property
    def title(self) -> str:
        """What an axis of it is called: of a layer's setting the layer is told, too."""
        return f"{self.label} ({self.section})" if self.name.startswith("model.layers.") else self.label


def choosable_settings(experiment: Experiment) -> list[Choosable]:
    """In the order of the window's forms."""
    model = experiment.model
    found = [*_of(experiment.dataset, "dataset", "Data"), *_of(model, "model", "Model")]
    for place, layer in enumerate(model.layers if is_layered(model) else ()):
        section = f"layer {place + 1}, {layer.title.lower()}"
        found += [one for one in _of(layer, f"model.layers.{place}", section) if one.name.count(".") == 3]
    return [*found, *_of(experiment.training, "training", "Training")]


def titles_of(experiment: Experiment) -> dict[str, str]:
    """What the axes of a sweep of it are called, by the settings' names."""
    return {one.name: one.title for one in choosable_settings(experiment)}


def _of(settings: Settings, prefix: str, section: str) -> Iterator[Choosable]:
    for entry in settings.shown_fields():
        description, name = describe(entry), f"{prefix}.{entry.name}"
        if "description" not in entry.metadata or description.is_list or entry.name in LAYER_LISTS:
            continue
        value = getattr(settings, entry.name)
        if description.kinds:
            kind = kind_of(value, description.kinds)
            yield Choosable(name, description.label, section, kind, kind_words(value, description), description)
            yield from _of(value, name, section)
        elif description.in_form and not isinstance(value, tuple):
            yield Choosable(name, description.label, section, value, value_with_unit(value, description), description)


def first_range(setting: Choosable) -> tuple[float, float, bool] | None:
    """From where to where it is tried at first, and whether by factors: around what it is now, within what it can be."""
    value, description = setting.value, setting.description
    if not setting.is_number or not value > 0:
        return None
    whole = isinstance(value, int)
    if not whole and (description.maximum or math.inf) <= 1 and value > 0.5:
        return _near_one(value, description)
    low, high = (max(value // 2, 1), value * 2) if whole else (float(f"{value / 10:.3g}"), float(f"{value * 10:.3g}"))
    if description.minimum is not None:
        low = max(low, description.minimum)
    if description.maximum is not None:
        high = min(high, description.maximum)
    low, high = (int(low), int(high)) if whole else (low, high)
    return (low, high, not whole and high / low > _FACTOR) if low < high else None


def _near_one(value: float, description: Description) -> tuple[float, float, bool] | None:
    """Of a memory such as momentum, whose distance from one is what matters: that, five times as large and as small."""
    low, high = (float(f"{1 - (1 - value) * factor:.6g}") for factor in (_FACTOR, 1 / _FACTOR))
    low, high = max(low, description.minimum or 0.0), min(high, description.maximum or 1.0)
    return (low, high, False) if low < high else None
