"""What was changed from one experiment to another, in the words that the window has for its settings."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from nnlab.datasets.drawn import DrawnSource
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.setting_words import (
    LAYER_LISTS,
    kind_words,
    name_words,
    stands_for_a_word,
    text_words,
    unit_of,
    value_words,
)
from nnlab.models import ModelSettings
from nnlab.models.capabilities import is_layered
from nnlab.models.layers import Layer
from nnlab.models.layers.combined import Branch, Combined
from nnlab.settings import Description, Settings, describe
from nnlab.words import counted

_LONGEST_VALUE = 24


class Change(NamedTuple):
    """One thing that was changed, and how where that can be said: "learning rate", "0.1 to 0.01"."""

    what: str
    how: str = ""

    @property
    def words(self) -> str:
        """Both."""
        return f"{self.what} {self.how}".strip()


def change_words(changes: list[Change]) -> str:
    """Of several the first, and how many more: "learning rate and 2 more"; "" where nothing was changed."""
    if len(changes) > 1:
        return f"{changes[0].what} and {len(changes) - 1} more"
    return changes[0].words if changes else ""


def parameter_words(tensor: str, position: Sequence[int], before: float | None, after: float) -> str:
    """A parameter given another value, by its tensor and its place there: weight dense1.weight[3, 4] 0.12 to 0.5."""
    kind = "weight " if tensor.endswith("weight") else ""
    had = "" if before is None else f"{before:.4g} "
    return f"{kind}{tensor}[{', '.join(map(str, position))}] {had}to {after:.4g}"


def changes(before: Experiment, after: Experiment) -> list[Change]:
    """In the order of the window: the name, the data, the model, training."""
    found: list[Change] = []
    if before.name != after.name:
        found.append(Change("name", _from_to(*(text_words(name, _LONGEST_VALUE) for name in (before.name, after.name)))))
    found += _of_settings(before.dataset, after.dataset)
    found += _of_models(before.model, after.model)
    return [*found, *_of_settings(before.training, after.training)]


def _of_models(before: ModelSettings, after: ModelSettings) -> Iterator[Change]:
    """Another kind of model has settings of its own, which are no changes."""
    if type(before) is not type(after):
        yield Change("model", _from_to(name_words(before.title), name_words(after.title)))
        return
    if is_layered(before) and is_layered(after):
        yield from _of_layers(before.layers, after.layers)
    yield from _of_settings(before, after)


def _of_settings(before: Settings, after: Settings, of: str = "") -> Iterator[Change]:
    """Two of one class, setting by setting."""
    for entry in fields(before):
        had, has = getattr(before, entry.name), getattr(after, entry.name)
        if had != has and entry.name not in LAYER_LISTS:
            yield from _of_values(had, has, describe(entry), of)


def _of_values(had: Any, has: Any, description: Description, of: str) -> Iterator[Change]:
    what = f"{of}{name_words(description.label)}"
    if isinstance(had, DrawnSource) and isinstance(has, DrawnSource):
        yield Change(f"{'draw' if len(has.points) >= len(had.points) else 'wipe'} points")
    elif description.is_list:
        yield from _of_lists(had, has, what)
    elif description.kinds and type(had) is type(has):
        yield from _of_settings(had, has, of)
    elif description.kinds:
        yield Change(what, _from_to(*(kind_words(value, description) for value in (had, has))))
    elif isinstance(has, bool):
        yield Change(what, "on" if has else "off")
    else:
        values = (value_words(value, description, _LONGEST_VALUE) for value in (had, has))
        unit = "" if stands_for_a_word(has, description) else unit_of(description)
        yield Change(what, f"{_from_to(*values)} {unit}".strip())


def _of_lists(before: Sequence[Settings], after: Sequence[Settings], what: str) -> Iterator[Change]:
    """Entries, counted from 1: one set otherwise, or some more or fewer."""
    if len(before) == len(after):
        for number, (had, has) in enumerate(zip(before, after, strict=True), 1):
            yield from (
                _of_settings(had, has, f"{what} {number} ") if type(had) is type(has) else [Change(f"{what} {number}")]
            )
        return
    longer, shorter, words = (
        (after, before, ("add", "to")) if len(after) > len(before) else (before, after, ("remove", "from"))
    )
    extra = [name_words(getattr(entry, "title", "")) for entry in longer if entry not in shorter]
    yield Change(f"{words[0]} {', '.join(extra) or 'one more'} {words[1]} {what}")


def _of_layers(before: Branch, after: Branch, around: str = "") -> Iterator[Change]:
    """What differs between what is the same at both ends.

    Layers are counted from 1, those inside of another behind its number.
    """
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    had, has = before[first : len(before) - last], after[first : len(after) - last]
    if len(had) == len(has) == 2 and had == has[::-1]:
        yield Change(f"move the {name_words(had[0].title)} layer")
    elif len(had) == len(has):
        for number, pair in enumerate(zip(had, has, strict=True), first + 1):
            yield from _of_layer(*pair, f"{around}{number}")
    elif had and has:
        yield Change("layers", _from_to(*(counted(len(layers), "layer") for layers in (before, after))))
    elif has:
        yield Change(f"add {_with_article(name_words(has[0].title))} layer" if len(has) == 1 else f"add {len(has)} layers")
    elif had:
        yield Change(f"remove the {name_words(had[0].title)} layer" if len(had) == 1 else f"remove {len(had)} layers")


def _of_layer(had: Layer, has: Layer, number: str) -> Iterator[Change]:
    what = f"layer {number}"
    if type(had) is not type(has):
        yield Change(what, _from_to(name_words(had.title), name_words(has.title)))
        return
    yield from _of_settings(had, has, f"{what} ")
    if isinstance(had, Combined) and isinstance(has, Combined) and had.branches != has.branches:
        if len(had.branches) != len(has.branches):
            yield Change(f"{what} branches", _from_to(str(len(had.branches)), str(len(has.branches))))
            return
        for branch, pair in enumerate(zip(had.branches, has.branches, strict=True), 1):
            yield from _of_layers(*pair, f"{number}.{branch}." if len(had.branches) > 1 else f"{number}.")


def _from_to(before: str, after: str) -> str:
    return f"{before} to {after}"


def _with_article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
