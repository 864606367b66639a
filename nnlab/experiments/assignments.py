"""One assignment of `--set` put into the plain table of an experiment: `training.epochs=3`, `model.layers.0.units=32`."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import ExperimentError, SettingError
from nnlab.experiments.toml_text import parse_toml
from nnlab.models.layers import LAYERS
from nnlab.settings import Settings, nearest
from nnlab.words import shown, shown_value


def value_of(text: str) -> Any:
    """A value as TOML writes it; what is none is a text."""
    try:
        parsed = parse_toml(f"value = {text}")
    except ExperimentError:
        return text
    return parsed["value"] if len(parsed) == 1 else text


def assign(table: dict[str, Any], key: str, value: Any, choices: Mapping[str, Mapping[str, type[Settings]]]) -> None:
    """Put the value where the key says. Layers go by their place in the list, the first is 0. choices: kinds by dotted name.

    What the last word of the key names need not be there yet: whether there is such a setting is asked of the whole later.
    """
    *sections, last = key.removesuffix(".kind").split(".") if key.removesuffix(".kind") in choices else key.split(".")
    place: dict[str, Any] | list[Any] = table
    for depth, section in enumerate(sections, 1):
        if isinstance(place, list):
            place = _inside(place, key, section)
            continue
        inner = place.get(section)
        if isinstance(inner, str) and ".".join(sections[:depth]) in choices:
            inner = place[section] = {"kind": inner}
        if not (isinstance(inner, dict) or (isinstance(inner, list) and section in ("layers", "branches"))):
            raise SettingError(f"{shown(key)}: unknown setting; {nearest(section, (k for k in place if k != 'format'))}")
        place = inner
    if isinstance(place, list):
        place[_number(place, key, last)] = value
    elif (
        _is_layer(sections) and last == "kind" and isinstance(value, str) and value in LAYERS and value != place.get("kind")
    ):
        # Another kind of layer has settings of its own, and begins with their defaults.
        place.clear()
        place.update(LAYERS[value]().to_table())
    elif isinstance(value, str) and (kinds := choices.get(".".join((*sections, last)))):
        place[last] = _of_kind(value, place.get(last), kinds)
    else:
        place[last] = value


def _is_layer(sections: list[str]) -> bool:
    return bool(sections) and sections[-1].isdigit()


def _of_kind(kind: str, former: Any, kinds: Mapping[str, type[Settings]]) -> Any:
    """The kind, with what the table of the former one says about settings that both have."""
    if not isinstance(former, dict) or kind not in kinds:
        return kind
    return {name: value for name, value in former.items() if name in kinds[kind].__dataclass_fields__} | {"kind": kind}


def _inside(layers: list[Any], key: str, number: str) -> dict[str, Any] | list[Any]:
    """The table of a layer, one that is a bare word becomes such; or a branch, which is a list of them."""
    place = _number(layers, key, number)
    if isinstance(layers[place], str):
        layers[place] = {"kind": layers[place]}
    entry = layers[place]
    if not isinstance(entry, dict | list):
        raise SettingError(f"{shown(key)}: layer {place} is {shown_value(entry)}, which has no settings")
    return entry


def _number(layers: list[Any], key: str, number: str) -> int:
    if not layers:
        raise SettingError(f"{shown(key)}: there are no layers yet; set the whole list first")
    known = f"the {len(layers)} layers are numbered from 0 to {len(layers) - 1}"
    if not number.isascii() or not number.isdigit():
        raise SettingError(f"{shown(key)}: '{shown(number)}' is not the number of a layer; {known}")
    if len(number) > 6 or int(number) >= len(layers):
        raise SettingError(f"{shown(key)}: there is no layer {shown(number)}; {known}")
    return int(number)
