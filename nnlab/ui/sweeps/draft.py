"""A sweep that a person is making: as it was typed, which need not make sense yet."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import tomli_w

from nnlab.errors import ExperimentError, NnlabError
from nnlab.experiments.assignments import value_of
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.sweeps.axis import Axis, Range
from nnlab.experiments.sweeps.search import SEARCHES, Random, Search
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.sweep_file import format_sweep, parse_sweep, sweep_text
from nnlab.experiments.toml_text import parse_toml

# How a sweep's file tells of a value that another axis lets into no trial.
_NO_TRIAL = re.compile(r" goes into no trial \((?P<name>[\w.]+): (?P<fault>.*)\)$")


@dataclass(frozen=True)
class AxisDraft:
    """What one setting is to be tried at: values with commas between, or a range; count: how many in a grid, 0 all."""

    name: str
    is_range: bool = False
    values: str = ""
    low: str = ""
    high: str = ""
    is_log: bool = False
    count: int = 5

    def to_value(self, is_grid: bool) -> Any:
        """As a sweep's file has it, as far as that can be told."""
        if not self.is_range:
            return _listed(self.values)
        bounds = {key: value_of(text) for key, text in (("low", self.low), ("high", self.high)) if text.strip()}
        return bounds | {"log": self.is_log} | ({"count": self.count} if is_grid and self.count else {})


@dataclass(frozen=True)
class Draft:
    """What is to be tried of which experiment, and how; `near` are folders where its data may lie."""

    name: str
    base: Experiment
    axes: tuple[AxisDraft, ...] = ()
    search: Search = field(default_factory=Random)
    near: tuple[Path, ...] = ()

    def with_axis(self, axis: AxisDraft) -> "Draft":
        """The one of this name as it is now, or one more."""
        if any(one.name == axis.name for one in self.axes):
            return replace(self, axes=tuple(axis if one.name == axis.name else one for one in self.axes))
        return replace(self, axes=(*self.axes, axis))

    def without_axis(self, name: str) -> "Draft":
        """One less."""
        return replace(self, axes=tuple(one for one in self.axes if one.name != name))

    @property
    def kind(self) -> str:
        """Of the search, as files call it."""
        return next(kind for kind, rule in SEARCHES.items() if rule is type(self.search))

    def to_sweep(self) -> Sweep:
        """What it says; raises NnlabError, whose sentence begins with the key of what is wrong."""
        vary = {axis.name: axis.to_value(self.kind == "grid") for axis in self.axes}
        # A person may have deleted its name.
        name = self.name or f"Sweep of {self.base.name}"
        text = sweep_text(name, vary, self.base, self.search)
        return replace(parse_sweep(text.encode(errors="replace").decode()), near=self.near)

    def to_text(self) -> str:
        """As a file that stands alone."""
        return format_sweep(self.to_sweep())


def draft_of(sweep: Sweep) -> Draft:
    """What a person would have typed for it."""
    return Draft(sweep.name, sweep.base, tuple(map(_axis_draft, sweep.axes)), sweep.search, sweep.near)


def fault_of(error: NnlabError, draft: Draft) -> tuple[str, str]:
    """Where a fault belongs, the name of an axis, or `search.` and a setting's, or nothing; and its sentence alone."""
    where, colon, sentence = str(error).partition(": ")
    if (inner := _NO_TRIAL.search(sentence)) and any(axis.name == inner["name"] for axis in draft.axes):
        # What does not go with it is what is wrong.
        return inner["name"], inner["fault"]
    if where.startswith("vary.") and colon:
        name = where.removeprefix("vary.")
        # A bound is a part of its range: vary.training.learning_rate.low.
        found = [axis.name for axis in draft.axes if name == axis.name or name.startswith(f"{axis.name}.")]
        if found:
            part = name.removeprefix(found[0]).removeprefix(".")
            return found[0], f"{part}: {sentence}" if part else sentence
    if where.startswith("search.") and colon:
        return where, sentence
    return "", str(error)


def _axis_draft(axis: Axis) -> AxisDraft:
    if isinstance(axis, Range):
        count = axis.count if axis.is_whole else axis.count or AxisDraft.count
        return AxisDraft(axis.name, True, "", repr(axis.low), repr(axis.high), axis.is_log, count)
    return AxisDraft(axis.name, values=_typed(axis.values))


def _typed(values: Sequence[Any]) -> str:
    """Words without quotes, where that leads back to the same."""
    bare = ", ".join(value if isinstance(value, str) else _as_toml(value) for value in values)
    return bare if _listed(bare) == list(values) else ", ".join(map(_as_toml, values))


def _as_toml(value: Any) -> str:
    """In one line."""
    return tomli_w.dumps({"list": [value]}).removeprefix("list = [").strip().removesuffix("]").strip().removesuffix(",")


def _listed(text: str) -> list[Any]:
    """Values with commas between: as TOML writes lists, or bare words."""
    if not text.strip():
        return []
    try:
        found = parse_toml(f"value = [{text}]")
    except ExperimentError:
        return [value_of(part.strip()) for part in text.split(",") if part.strip()]
    return list(found["value"]) if len(found) == 1 else [text]
