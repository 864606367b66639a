"""A sweep as a TOML file: a comparison's bigger sibling (variations.py), with ranges beside lists and a table `search`.

    format = 2
    name = "Rates of digits-mlp"
    base = "digits-mlp.toml"                    # an experiment, found from the folder of this file on
    set.training.epochs = 10                    # of every trial

    [vary.training]
    learning_rate = { low = 1e-3, high = 1.0, log = true }
    optimizer = ["sgd", "momentum", "adam"]

    [search]
    kind = "random"                             # grid, random, optuna
    trials = 32
    seed = 0
    objective = "validation_loss"               # a figure that `nnlab train` tells
    goal = "lowest"                             # or highest; by default what is better of the objective

Without `search`, as every comparison is written, it is a grid. In a grid a range says how many values it has (count = 5).
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from nnlab.errors import ExperimentError, NnlabError, SettingError
from nnlab.experiments.experiment import FORMAT, Experiment, experiment_to_table, read_file, with_values
from nnlab.experiments.former_names import present_name
from nnlab.experiments.several import is_comparison, is_range, is_sweep
from nnlab.experiments.sweeps.axis import Axis, Listed, Range
from nnlab.experiments.sweeps.figures import check_objective
from nnlab.experiments.sweeps.search import MOST_TRIALS, SEARCHES, Grid, Search
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.toml_text import parse_toml
from nnlab.experiments.variations import Varied, varied
from nnlab.settings import nearest
from nnlab.words import shown, shown_value

_KEYS = ("format", "name", "base", "set", "vary", "search")
_RANGE_KEYS = ("low", "high", "log", "count")
_EXAMPLE = "a list of values, or a range such as { low = 1e-4, high = 0.1, log = true }"


def load_sweep(path: Path, assignments: Sequence[str] = ()) -> Sweep:
    """What a sweep's or a comparison's file holds, with `--set` assignments to its base; every error names the file."""
    return read_file(path, lambda text: parse_sweep(text, path.parent, assignments))


def parse_sweep(text: str, folder: Path = Path(), assignments: Sequence[str] = ()) -> Sweep:
    """From the text of such a file, whose base is found from a folder on."""
    table = parse_toml(text)
    if not is_comparison(table) and not is_sweep(table):
        raise ExperimentError(
            "it varies nothing, expected a sweep: a base, settings to vary, and how to search; an experiment has --seeds 9"
        )
    wanted = varied(table, folder, assignments, _KEYS)
    if not wanted.axes:
        raise SettingError(f"vary: it lacks the settings to try; vary.training.learning_rate is {_EXAMPLE}")
    search = _search(table.get("search", "grid"))
    axes = tuple(_axis(name, value, wanted.start, search) for name, value in wanted.axes.items())
    _check_fit(wanted, axes)
    sweep = Sweep(wanted.name, wanted.start, axes, search, wanted.near)
    if sweep.count > MOST_TRIALS:
        raise SettingError(f"vary: a grid of {sweep.count:,} trials, expected at most {MOST_TRIALS:,}; try fewer values")
    return sweep


def format_sweep(sweep: Sweep) -> str:
    """As the text of a TOML file that stands alone: its base is the experiment itself."""
    return sweep_text(sweep.name, {axis.name: axis.to_table() for axis in sweep.axes}, sweep.base, sweep.search)


def sweep_text(name: str, vary: Mapping[str, Any], base: Experiment, search: Search) -> str:
    """The same of its parts, which need not make sense."""
    kind = next(kind for kind, rule in SEARCHES.items() if rule is type(search))
    # The writer puts tables behind lists, but the order of the axes is that of a grid.
    axes = "".join(f"{_key(key)} = {_in_a_line(value)}\n" for key, value in vary.items())
    rest = {"base": experiment_to_table(base), "search": {"kind": kind} | search.to_table()}
    return f"{tomli_w.dumps({'format': FORMAT, 'name': name})}\n[vary]\n{axes}\n{tomli_w.dumps(rest)}"


def _key(name: str) -> str:
    return tomli_w.dumps({name: 0}).removesuffix(" = 0\n")


def _in_a_line(value: Any) -> str:
    """A table in braces, as the writer has it within a list."""
    return tomli_w.dumps({"list": [value]}).removeprefix("list = [\n").removesuffix(",\n]\n").strip()


def _search(value: Any) -> Search:
    own = dict(value) if isinstance(value, Mapping) else {"kind": value}
    kind = own.pop("kind", "grid")
    if not isinstance(kind, str) or kind not in SEARCHES:
        raise SettingError(f"search.kind: {shown_value(kind)} is not known; {nearest(str(kind), SEARCHES)}")
    search = SEARCHES[kind].from_table(own)
    check_objective(search.objective)
    return search


def _axis(name: str, value: Any, start: Experiment, search: Search) -> Axis:
    where = f"vary.{shown(name)}"
    if is_range(value):
        return _range(name, value, where, start, search)
    if not isinstance(value, list) or not value:
        raise SettingError(f"{where}: expected {_EXAMPLE}, found {shown_value(value)}")
    unique = [one for place, one in enumerate(value) if one not in value[:place]]
    if len(unique) < len(value):
        raise SettingError(f"{where}: a value stands there twice; name each once")
    return Listed(name, tuple(value))


def _range(name: str, table: Mapping[str, Any], where: str, start: Experiment, search: Search) -> Range:
    for key in table:
        if key not in _RANGE_KEYS:
            raise SettingError(f"{where}.{shown(key)}: unknown in a range; {nearest(key, _RANGE_KEYS)}")
    low, high = (_bound(table, key, where) for key in ("low", "high"))
    is_log, count = table.get("log", False), table.get("count", 0)
    if not isinstance(is_log, bool):
        raise SettingError(f"{where}.log: {shown_value(is_log)} is not true or false")
    if type(count) is not int or not (count == 0 or 2 <= count <= MOST_TRIALS):
        raise SettingError(f"{where}.count: {shown_value(count)} is not a whole number from 2 to {MOST_TRIALS:,}")
    if low >= high:
        raise SettingError(f"{where}: low {low:g} is not below high {high:g}; there is nothing between them to try")
    if is_log and low <= 0:
        raise SettingError(f"{where}.low: {low:g} has no logarithm; with log = true it must be above 0")
    is_whole = _is_whole(name, low, high, start)
    if not is_whole:
        low, high = float(low), float(high)
    if isinstance(search, Grid) and not is_whole and not count:
        # A name that no experiment has is the greater mistake.
        if fault := _fault(start, {name: low}):
            raise SettingError(_told(name, low, fault))
        raise SettingError(
            f"{where}.count: missing; say how many values of the range a grid has, such as count = 5, "
            'or draw them by search = { kind = "random", trials = 20 }'
        )
    return Range(name, low, high, is_log, count, is_whole)


def _bound(table: Mapping[str, Any], key: str, where: str) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        found = f"{shown_value(value)} is not a number" if key in table else "missing"
        raise SettingError(f"{where}.{key}: {found}; a range has two numbers, {{ low = 1, high = 9 }}")
    if not -1e300 < value < 1e300 or not math.isfinite(value):
        raise SettingError(f"{where}.{key}: the number is too large or none at all; a range has two finite bounds")
    return value


def _is_whole(name: str, low: float, high: float, start: Experiment) -> bool:
    """Whether the setting takes whole numbers alone: by its value in the experiment; where it has none, by the bounds."""
    value = _value_of(start, present_name(name))
    if type(value) is int and not (isinstance(low, int) and isinstance(high, int)):
        raise SettingError(f"vary.{shown(name)}: takes whole numbers, expected such bounds, found {low:g} and {high:g}")
    return type(value) is int or (value is None and isinstance(low, int) and isinstance(high, int))


def _value_of(experiment: Experiment, name: str) -> Any:
    """What a dotted name leads to; layers by their numbers; None where it leads nowhere."""
    value: Any = experiment
    for part in name.split("."):
        if isinstance(value, tuple):
            value = value[int(part)] if part.isdecimal() and int(part) < len(value) else None
        else:
            value = getattr(value, part, None)
    return value


def _check_fit(wanted: Varied, axes: Sequence[Axis]) -> None:
    """Every value must make an experiment in some combination: with the first values of the other axes, or with another of
    one of them, as a setting that only some optimizers have. What goes together in no trial is told by the first fault.
    """
    first = {axis.name: axis.ends[0] for axis in axes}
    for axis in axes:
        others = [{other.name: value} for other in axes if other is not axis for value in other.ends]
        for end in axis.ends:
            own = {axis.name: end}
            fault = _fault(wanted.start, first | own)
            if fault and all(_fault(wanted.start, first | changed | own) for changed in others):
                raise SettingError(_told(axis.name, end, fault))


def _told(name: str, value: Any, fault: str) -> str:
    """With the key in the file; where another setting is at fault, what does not go with it."""
    own = fault.removeprefix(f"{name}: ")
    return f"vary.{shown(name)}: {own if own != fault else f'{shown_value(value)} goes into no trial ({fault})'}"


def _fault(start: Experiment, choices: Mapping[str, Any]) -> str | None:
    try:
        with_values(start, choices.items())
    except NnlabError as error:
        return str(error)
    return None
