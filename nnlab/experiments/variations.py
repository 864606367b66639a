"""A comparison: variations of one experiment, a run each, as a TOML file.

    format = 2
    name = "Three rates"
    base = "digits-mlp.toml"                    # an experiment, found from the folder of this file on
    set.training.epochs = 10                    # of every variation
    vary.training.learning_rate = [0.1, 0.03, 0.01]

There is one variation for each value; where several settings are varied, for each combination of their values. An experiment
file has no table `vary`; that tells the two apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from nnlab.errors import ExperimentError, SettingError
from nnlab.experiments.experiment import (
    FORMAT,
    Experiment,
    experiment_from_table,
    load_experiment,
    read_file,
    with_settings,
    with_values,
)
from nnlab.experiments.journal.differing import short_name
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.toml_text import parse_toml
from nnlab.settings import nearest
from nnlab.words import shown, shown_value

_KEYS = ("format", "name", "base", "set", "vary")
# More would be a sweep, for which there should be more than one pair of hands.
MOST_VARIATIONS = 64
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Variations:
    """Experiments that are to be run one after the other, and compared; `near` are folders where their data may lie."""

    name: str
    experiments: tuple[Experiment, ...]
    near: tuple[Path, ...] = ()


def load_for_training(path: Path, assignments: list[str] | None = None) -> Experiment | Variations:
    """What a TOML file holds, with `--set` assignments applied; every error names the file."""

    def parsed(text: str) -> Experiment | Variations:
        table = parse_toml(text)
        if "vary" in table:
            return _variations(table, path.parent, assignments or [])
        return experiment_from_table(table)

    found = read_file(path, parsed)
    return with_settings(found, assignments or []) if isinstance(found, Experiment) else found


def load_variations(path: Path) -> Variations:
    """What a comparison's file holds; every error names the file."""
    found = load_for_training(path)
    if isinstance(found, Experiment):
        raise ExperimentError(f"{path.name}: one experiment, expected several to compare (vary.training.seed = [1, 2])")
    return found


def name_of(path: Path) -> str:
    """What a comparison's file calls it."""
    return read_file(path, lambda text: str(parse_toml(text).get("name", path.stem)))


def _variations(table: Mapping[str, Any], folder: Path, assignments: list[str]) -> Variations:
    for key in table:
        if key not in _KEYS:
            raise SettingError(f"{shown(key)}: unknown in a comparison; {nearest(key, _KEYS)}")
    if table.get("format", FORMAT) != FORMAT:
        raise ExperimentError(f"format {shown_value(table['format'])} is not known; a comparison has format {FORMAT}")
    name, base = table.get("name", "Comparison"), table.get("base")
    if not isinstance(name, str) or not name.isprintable():
        raise SettingError(f"name: {shown_value(name)} is not a text in quotes, of one line")
    if not isinstance(base, str) or not base:
        raise SettingError('base: it lacks the experiment to vary; name its file, such as base = "digits-mlp.toml"')
    place = folder / base
    varied = _flat(table["vary"], "vary")
    values = [_values(key, varied[key]) for key in varied]
    if not varied or prod(map(len, values)) > MOST_VARIATIONS:
        raise SettingError(f"vary: {prod(map(len, values)) if varied else 0:,} variations, expected 1 to {MOST_VARIATIONS}")
    start = with_values(load_experiment(place), _flat(table.get("set", {}), "set").items())
    start = with_settings(start, assignments)
    experiments = [with_values(start, zip(varied, chosen, strict=True)) for chosen in product(*values)]
    named = tuple(
        replace(one, name=f"{start.name}: {_label(one, list(varied), at)}") for at, one in enumerate(experiments, 1)
    )
    return Variations(name, named, (folder, place.parent))


def _flat(table: Any, where: str) -> dict[str, Any]:
    """Settings by their dotted names: a name may be written with dots, in quotes, or as a table in a table."""
    if not isinstance(table, Mapping):
        raise SettingError(f"{where}: expected settings, such as {where}.training.epochs, found {shown_value(table)}")
    found: dict[str, Any] = {}
    for key, value in table.items():
        # From the second word on a table is the value of a choice: training.optimizer = { kind = "adam" }.
        if isinstance(value, Mapping) and "kind" not in value:
            found |= {f"{key}.{inner}": one for inner, one in _flat(value, f"{where}.{shown(key)}").items()}
        else:
            found[key] = value
    return found


def _values(key: str, values: Any) -> list[Any]:
    if not isinstance(values, list) or not values:
        raise SettingError(f"vary.{shown(key)}: expected a list of values in brackets, found {shown_value(values)}")
    return values


def _label(experiment: Experiment, names: list[str], number: int) -> str:
    """What tells a variation from the others: adam, lr 0.1; of what has no short text its number."""
    settings = flat_settings(experiment)
    words = [_words(name, settings[name]) for name in names if name in settings]
    return shown(", ".join(words), _LONGEST_NAME) if len(words) == len(names) else str(number)


def _words(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    text = ("on" if value else "off") if isinstance(value, bool) else f"{value:g}"
    return f"{short_name(name)} {text}"
