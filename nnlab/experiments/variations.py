"""A comparison: variations of one experiment, a run each, as a TOML file.

    format = 2
    name = "Three rates"
    base = "digits-mlp.toml"                    # an experiment, found from the folder of this file on
    set.training.epochs = 10                    # of every variation
    vary.training.learning_rate = [0.1, 0.03, 0.01]

There is one variation for each value; where several settings are varied, for each combination of their values. An experiment
file has no table `vary`; that tells the two apart. With a table `search`, or ranges, it is a sweep (sweeps/sweep_file.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from nnlab.errors import ExperimentError, SettingError, SweepFileError
from nnlab.experiments.experiment import (
    FORMAT,
    Experiment,
    experiment_from_table,
    load_experiment,
    read_file,
    with_settings,
    with_values,
)
from nnlab.experiments.former_names import present_name
from nnlab.experiments.journal.differing import short_name
from nnlab.experiments.journal.records import flat_settings
from nnlab.experiments.several import is_comparison, is_range, is_sweep
from nnlab.experiments.toml_text import parse_toml
from nnlab.settings import nearest
from nnlab.words import shown, shown_value

_KEYS = ("format", "name", "base", "set", "vary")
# More would be a sweep, for which there should be more than one pair of hands.
MOST_VARIATIONS = 64
_LONGEST_NAME = 60
_LAYERS = "model.layers"


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
        if is_sweep(table):
            raise SweepFileError("a sweep, expected one experiment or a comparison; use nnlab sweep")
        if is_comparison(table):
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
    wanted = varied(table, folder, assignments, _KEYS)
    values = [_values(key, value) for key, value in wanted.axes.items()]
    if not values or prod(map(len, values)) > MOST_VARIATIONS:
        raise SettingError(f"vary: {prod(map(len, values)) if values else 0:,} variations, expected 1 to {MOST_VARIATIONS}")
    start = wanted.start
    experiments = [with_values(start, zip(wanted.axes, chosen, strict=True)) for chosen in product(*values)]
    labels = [label(one, list(wanted.axes), at) for at, one in enumerate(experiments, 1)]
    # Lists of equally many layers read alike: then their places tell them apart.
    told = [f"{each} ({at})" if labels.count(each) > 1 else each for at, each in enumerate(labels, 1)]
    named = tuple(replace(one, name=f"{start.name}: {each}") for one, each in zip(experiments, told, strict=True))
    return Variations(wanted.name, named, wanted.near)


@dataclass(frozen=True)
class Varied:
    """What comparisons and sweeps have in common: an experiment, and by dotted names what is to be varied of it."""

    name: str
    start: Experiment
    axes: Mapping[str, Any]
    near: tuple[Path, ...] = ()


def varied(table: Mapping[str, Any], folder: Path, assignments: Sequence[str], keys: Sequence[str]) -> Varied:
    """Out of a parsed file that lies in a folder and may have these keys. Instead of an experiment's file, `base` may be the
    experiment itself.
    """
    for key in table:
        if key not in keys:
            raise SettingError(f"{shown(key)}: unknown here; {nearest(key, keys)}")
    if table.get("format", FORMAT) != FORMAT:
        raise ExperimentError(f"format {shown_value(table['format'])} is not known; this file has format {FORMAT}")
    name, base = table.get("name", "Comparison"), table.get("base")
    if not isinstance(name, str) or not name.isprintable():
        raise SettingError(f"name: {shown_value(name)} is not a text in quotes, of one line")
    if isinstance(base, Mapping):
        start, place = experiment_from_table(base), folder
    elif isinstance(base, str) and base:
        start, place = load_experiment(folder / base), (folder / base).parent
    else:
        raise SettingError('base: it lacks the experiment to vary; name its file, such as base = "digits-mlp.toml"')
    axes = _flat(table.get("vary", {}), "vary")
    _check_unvaried(assignments, axes)
    start = with_values(start, _flat(table.get("set", {}), "set").items())
    return Varied(name, with_settings(start, list(assignments)), axes, (folder, place))


def _check_unvaried(assignments: Sequence[str], axes: Mapping[str, Any]) -> None:
    """`--set` is of the experiment that is varied: of what is varied it would change nothing, which nobody would see."""
    names = {present_name(name) for name in axes}
    for key in (assignment.partition("=")[0].strip() for assignment in assignments):
        if present_name(key) in names:
            raise SettingError(
                f"--set {shown(key)}: it is varied, so that this would change nothing; edit vary.{shown(key)}"
            )


def _flat(table: Any, where: str) -> dict[str, Any]:
    """Settings by their dotted names: a name may be written with dots, in quotes, or as a table in a table."""
    if not isinstance(table, Mapping):
        raise SettingError(f"{where}: expected settings, such as {where}.training.epochs, found {shown_value(table)}")
    found: dict[str, Any] = {}
    for key, value in table.items():
        # From the second word on a table is the value of a choice: training.optimizer = { kind = "adam" }.
        if isinstance(value, Mapping) and "kind" not in value and not is_range(value):
            found |= {f"{key}.{inner}": one for inner, one in _flat(value, f"{where}.{shown(key)}").items()}
        else:
            found[key] = value
    return found


def _values(key: str, values: Any) -> list[Any]:
    if not isinstance(values, list) or not values:
        raise SettingError(f"vary.{shown(key)}: expected a list of values in brackets, found {shown_value(values)}")
    return values


def label(experiment: Experiment, names: list[str], number: int) -> str:
    """What tells a variation from the others: adam, lr 0.1; of what has no short text its number."""
    settings = flat_settings(experiment) | {
        name: _of_layers(experiment, name) for name in names if name == _LAYERS or "*" in name
    }
    words = [words_of(name, settings[name]) for name in names if name in settings]
    return shown(", ".join(words), _LONGEST_NAME) if len(words) == len(names) else str(number)


def _of_layers(experiment: Experiment, name: str) -> Any:
    """All layers, or what the first has that a name with a star is about."""
    layers = list(getattr(experiment.model, "layers", ()))
    setting = name.rpartition(".")[2]
    return layers if name == _LAYERS else next((getattr(one, setting) for one in layers if hasattr(one, setting)), None)


def words_of(name: str, value: Any) -> str:
    """A setting and its value as a person says them: adam, lr 0.1."""
    if isinstance(value, Mapping):
        value = str(value.get("kind", ""))
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"{short_name(name)} of {len(value)}"
    text = ("on" if value else "off") if isinstance(value, bool) else f"{value:g}"
    return f"{short_name(name)} {text}"
