"""One assignment of `--set` put into the plain table of an experiment: `training.epochs=3`, `model.layers.0.units=32`."""

from collections.abc import Mapping
from typing import Any, NamedTuple

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


def each_key(table: Mapping[str, Any], key: str) -> list[str]:
    """The keys that one with a star stands for: `model.layers.*.initializer` is that of every layer that has one."""
    before, star, name = key.partition(".*.")
    if not star:
        return [key]
    entries = table.get("model", {}).get("layers") if before == "model.layers" else None
    if not isinstance(entries, list):
        raise SettingError(f"{shown(key)}: a star stands for all layers alone; write model.layers.*.{shown(name)}")
    kinds = [entry if isinstance(entry, str) else entry.get("kind") for entry in entries]
    having = [at for at, kind in enumerate(kinds) if kind in LAYERS and name in LAYERS[kind].__dataclass_fields__]
    if not having:
        known = {entry for kind in kinds if kind in LAYERS for entry in LAYERS[kind].__dataclass_fields__}
        raise SettingError(f"{shown(key)}: no layer has such a setting; {nearest(name, known)}")
    return [f"{before}.{at}.{name}" for at in having]


def assign(table: dict[str, Any], key: str, value: Any, choices: Mapping[str, Mapping[str, type[Settings]]]) -> None:
    """Put the value where the key says. Layers and other lists go by their places, the first is 0. choices: kinds by dotted
    name.

    What the last word of the key names need not be there yet: whether there is such a setting is asked of the whole later.
    """
    *sections, last = key.removesuffix(".kind").split(".") if key.removesuffix(".kind") in choices else key.split(".")
    place: dict[str, Any] | list[Any] = table
    listed = _LAYERS  # what the last list on the way is of
    for depth, section in enumerate(sections, 1):
        if isinstance(place, list):
            place = _inside(place, key, section, listed)
            continue
        inner, chosen = place.get(section), choices.get(".".join(sections[:depth]))
        if isinstance(inner, str) and chosen:
            inner = place[section] = {"kind": inner}
        if isinstance(inner, list) and (chosen or section in ("layers", "branches")):
            listed = _Listed("entry", "entries", chosen) if chosen else _LAYERS
        elif not isinstance(inner, dict):
            raise SettingError(f"{shown(key)}: unknown setting; {nearest(section, (k for k in place if k != 'format'))}")
        place = inner
    if isinstance(place, list):
        place[_number(place, key, last, listed)] = value
    elif _is_in_list(sections) and last == "kind" and _is_another(value, place, listed.kinds):
        # Another kind has settings of its own, and begins with their defaults.
        place.clear()
        place.update({"kind": value} | listed.kinds[value]().to_table())
    elif isinstance(value, str) and (kinds := choices.get(".".join((*sections, last)))):
        place[last] = _of_kind(value, place.get(last), kinds)
    else:
        place[last] = value


class _Listed(NamedTuple):
    """What a list is of, in words, and the kinds of that."""

    one: str
    many: str
    kinds: Mapping[str, type[Settings]]


_LAYERS = _Listed("layer", "layers", LAYERS)


def _is_in_list(sections: list[str]) -> bool:
    return bool(sections) and sections[-1].isdigit()


def _is_another(kind: Any, former: Mapping[str, Any], kinds: Mapping[str, type[Settings]]) -> bool:
    return isinstance(kind, str) and kind in kinds and kind != former.get("kind")


def _of_kind(kind: str, former: Any, kinds: Mapping[str, type[Settings]]) -> Any:
    """The kind, with what the table of the former one says about settings that both have."""
    if not isinstance(former, dict) or kind not in kinds:
        return kind
    return {name: value for name, value in former.items() if name in kinds[kind].__dataclass_fields__} | {"kind": kind}


def _inside(entries: list[Any], key: str, number: str, listed: _Listed) -> dict[str, Any] | list[Any]:
    """The table of a layer, one that is a bare word becomes such; or a branch, which is a list of them."""
    place = _number(entries, key, number, listed)
    if isinstance(entries[place], str):
        entries[place] = {"kind": entries[place]}
    entry = entries[place]
    if not isinstance(entry, dict | list):
        raise SettingError(f"{shown(key)}: {listed.one} {place} is {shown_value(entry)}, which has no settings")
    return entry


def _number(entries: list[Any], key: str, number: str, listed: _Listed) -> int:
    if not entries:
        raise SettingError(f"{shown(key)}: there are no {listed.many} yet; set the whole list first")
    known = f"the {len(entries)} {listed.many} are numbered from 0 to {len(entries) - 1}"
    if not number.isascii() or not number.isdigit():
        raise SettingError(f"{shown(key)}: '{shown(number)}' is not the number of {_a(listed.one)}; {known}")
    if len(number) > 6 or int(number) >= len(entries):
        raise SettingError(f"{shown(key)}: there is no {listed.one} {shown(number)}; {known}")
    return int(number)


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
