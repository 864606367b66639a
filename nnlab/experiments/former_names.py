"""Names that settings had in earlier files and scripts, and where they stand now: both are read, the new ones are written.

What belonged to one optimizer, schedule or source stood beside all others in the table of its section, whichever was
chosen. A layer had a type where everything else has a kind.
"""

import re
from collections.abc import Mapping
from typing import Any

from nnlab.models.layers.combined import DEEPEST
from nnlab.models.losses import LOSSES
from nnlab.settings import Settings, checked, describe

FORMER_NAMES = {
    "training.momentum": "training.optimizer.momentum",
    "training.beta1": "training.optimizer.beta1",
    "training.beta2": "training.optimizer.beta2",
    "training.epsilon": "training.optimizer.epsilon",
    "training.smoothing": "training.optimizer.smoothing",
    "training.weight_decay": "training.optimizer.weight_decay",
    "training.decay": "training.schedule.decay",
    "training.decay_every": "training.schedule.every",
    "training.l1": "training.penalty.l1",
    "training.l2": "training.penalty.l2",
    "model.label_smoothing": "model.loss.label_smoothing",
    "model.huber_delta": "model.loss.delta",
} | {
    f"dataset.{name}": f"dataset.source.{name}"
    for name in (
        *("path", "test_path", "label", "target", "exclude", "image_size", "color", "test"),
        *("points", "samples", "noise"),
    )
}

# Choices that were called otherwise.
FORMER_CHOICES = {"dataset.name": "dataset.source"}
# What a layer's kind was called.
_FORMER_KIND = "type"
_OF_A_LAYER = re.compile(rf"(model\.layers\..*\d)\.{_FORMER_KIND}")


def present_name(key: str) -> str:
    """The name that a key of `--set` has now, where the setting is still in its place."""
    found = _OF_A_LAYER.fullmatch(key)
    return f"{found[1]}.kind" if found else FORMER_CHOICES.get(key, key)


def in_new_places(table: Mapping[str, Any], owner: type[Settings]) -> dict[str, Any]:
    """A section's table with former names moved into the choice they belong to.

    A value that the chosen kind has no use for is checked and left out.
    """
    moved = _with_choices(table, owner)
    own: dict[str, dict[str, Any]] = {}
    for name in table:
        _, chosen, last = FORMER_NAMES.get(f"{owner.section}.{name}", "..").split(".")
        if having := _having(owner, chosen, last):
            own.setdefault(chosen, {})[last] = checked(having, last, moved.pop(name), f"{owner.section}.{name}")
    for chosen, values in own.items():
        entry = owner.__dataclass_fields__[chosen]
        moved[chosen] = _joined(moved.get(chosen, entry.default), values, describe(entry).kinds or {})
    return moved


def _with_choices(table: Mapping[str, Any], owner: type[Settings]) -> dict[str, Any]:
    """With the present names of choices, and with kinds of layers."""
    moved = {name: _with_kinds(value) if name == "layers" else value for name, value in table.items()}
    for former, present in FORMER_CHOICES.items():
        section, name = former.split(".")
        if section == owner.section and name in moved and (chosen := present.split(".")[1]) not in moved:
            value = moved.pop(name)
            # What is wrong with it is told by the name that was written.
            checked(owner, chosen, value, former)
            moved[chosen] = value
    if owner.section == "dataset" and moved.get("path"):
        # A path without a name said that the data comes from a file.
        moved.setdefault("source", "file")
    return moved


def _with_kinds(entry: Any, depth: int = 0) -> Any:
    """A layer, or a list of layers or of branches, with a kind for the type of every layer; what is too deep stays."""
    if depth > 3 * DEEPEST:
        return entry
    if isinstance(entry, list | tuple):
        return [_with_kinds(inner, depth + 1) for inner in entry]
    if not isinstance(entry, Mapping):
        return entry
    renamed = entry if "kind" in entry else {"kind" if name == _FORMER_KIND else name: own for name, own in entry.items()}
    return {name: _with_kinds(own, depth + 1) if name in ("layers", "branches") else own for name, own in renamed.items()}


def _having(owner: type[Settings], chosen: str, last: str) -> type[Settings] | None:
    """A kind that has this setting, if the owner had it formerly."""
    entry = owner.__dataclass_fields__.get(chosen)
    kinds = tuple((describe(entry).kinds or {}).values()) if entry else ()
    if "layers" in owner.__dataclass_fields__:
        # Every model with a list of layers had them, even where it cannot be judged by such a loss.
        kinds = tuple(type(loss) for loss in LOSSES.values())
    return next((kind for kind in kinds if last in kind.__dataclass_fields__), None)


def _joined(chosen: Any, values: Mapping[str, Any], kinds: Mapping[str, type[Settings]]) -> Any:
    """What is chosen, as a kind's name, a table or settings, with the values that this kind has."""
    if isinstance(chosen, Settings):
        chosen = next(name for name, kind in kinds.items() if kind is type(chosen))
    own = dict(chosen) if isinstance(chosen, Mapping) else {"kind": chosen}
    kind = kinds.get(own["kind"]) if isinstance(own.get("kind"), str) else None
    if kind and ("l1" in values or "l2" in values):
        strengths = kind().to_table() | own | dict(values)
        del strengths["kind"]
        return _penalty(strengths)
    return own | {name: value for name, value in values.items() if kind and name in kind.__dataclass_fields__}


def _penalty(strengths: Mapping[str, Any]) -> Any:
    """The penalty was not chosen: each strength that was not 0 counted, and one that is chosen now counts besides."""
    charged = {name: value for name, value in strengths.items() if value}
    return {"kind": "elastic_net" if len(charged) == 2 else next(iter(charged), "none")} | charged
