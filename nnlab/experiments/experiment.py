"""An experiment: everything that decides a result, as one frozen value and as a TOML file."""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import tomli_w

from nnlab.atomic_file import write_atomically
from nnlab.datasets import DatasetSettings
from nnlab.errors import ComparisonFileError, ExperimentError, NotTomlError, SettingError, SweepFileError
from nnlab.experiments.assignments import assign, each_key, value_of
from nnlab.experiments.former_names import FORMER_CHOICES, in_new_places, present_name
from nnlab.experiments.several import is_comparison, is_sweep
from nnlab.experiments.toml_text import parse_toml
from nnlab.models import MODELS, MLPSettings, ModelSettings, model_from_table
from nnlab.regular_file import open_regular
from nnlab.settings import Settings, checked, describe, nearest
from nnlab.training import TrainingSettings
from nnlab.words import shown, shown_value

FORMAT = 2
# Format 1 had the settings of optimizers, schedules and penalties beside each other (former_names.py).
_READABLE = (1, 2)
_LARGEST_FILE = 1 << 20
T = TypeVar("T")


@dataclass(frozen=True)
class Experiment:
    """Data, model and training. Two equal experiments run on the same machine and threads give the same bits."""

    name: str = "Untitled"
    dataset: DatasetSettings = field(default_factory=DatasetSettings)
    model: ModelSettings = field(default_factory=MLPSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)

    def needs_reset(self, other: "Experiment") -> bool:
        """Whether going over to the other takes a fresh start, or can happen between two steps."""
        return self.dataset != other.dataset or self.with_live(other) != replace(other, name=self.name, dataset=self.dataset)

    def with_live(self, other: "Experiment") -> "Experiment":
        """This one with the live settings of the other."""
        return replace(self, model=self.model.with_live(other.model), training=self.training.with_live(other.training))


def experiment_from_table(table: Mapping[str, Any]) -> Experiment:
    """Build from parsed TOML. Unknown keys, wrong types and values out of range are errors that say which and why."""
    known = ("format", "name", "dataset", "model", "training")
    if is_sweep(table):
        raise SweepFileError("a sweep of one experiment, expected the experiment; use nnlab sweep")
    if is_comparison(table):
        raise ComparisonFileError("a comparison of several experiments, expected one; open it, or use nnlab train")
    for key in table:
        if key not in known:
            raise SettingError(f"{shown(key)}: unknown setting; {nearest(key, known)}")
    file_format = table.get("format", FORMAT)
    if type(file_format) is not int or file_format not in _READABLE:
        raise ExperimentError(f"format {shown_value(file_format)} is not known; this nnlab reads formats 1 and {FORMAT}")
    name = table.get("name", "Untitled")
    if not isinstance(name, str):
        raise SettingError(f"name: {shown_value(name)} is not a text in quotes")
    try:
        name.encode()
    except UnicodeEncodeError:
        raise SettingError("name: it holds bytes that are no characters; write it in UTF-8") from None
    return Experiment(
        name,
        DatasetSettings.from_table(in_new_places(_section(table, "dataset"), DatasetSettings)),
        model_from_table(_model_section(table)),
        TrainingSettings.from_table(in_new_places(_section(table, "training"), TrainingSettings)),
    )


def experiment_to_table(experiment: Experiment) -> dict[str, Any]:
    """The plain table that experiment_from_table turns back into an equal experiment."""
    return {
        "format": FORMAT,
        "name": experiment.name,
        "dataset": experiment.dataset.to_table(),
        "model": experiment.model.to_table(),
        "training": experiment.training.to_table(),
    }


def parse_experiment(text: str) -> Experiment:
    """From the text of a TOML file."""
    return experiment_from_table(parse_toml(text))


# A run that is kept asks for the same again with every snapshot.
@lru_cache(maxsize=8)
def format_experiment(experiment: Experiment) -> str:
    """As the text of a TOML file."""
    table = experiment_to_table(experiment)
    source = table["dataset"]["source"]
    points = source.get("points") if isinstance(source, dict) else None
    if not points:
        return tomli_w.dumps(table)
    # One drawn point in a line; the writer would take five.
    source["points"] = []
    lines = "".join(f"    [{x!r}, {y!r}, {label:.0f}],\n" for x, y, label in points)
    return re.sub(r"^points = \[\]$", f"points = [\n{lines}]", tomli_w.dumps(table), count=1, flags=re.MULTILINE)


def load_experiment(path: Path) -> Experiment:
    """Read an experiment file; every error names the file."""
    return read_file(path, parse_experiment)


def read_file(path: Path, parse: Callable[[str], T]) -> T:
    """What is made of the text of a TOML file; every error names the file."""
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise NotTomlError("larger than 1 MiB, so it is no experiment file")
        return parse(re.sub("\r\n?", "\n", content.decode("utf-8-sig")))
    except OSError as error:
        raise ExperimentError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise _not_toml(path, "not a text file; an experiment is TOML in UTF-8") from None
    except NotTomlError as error:
        raise _not_toml(path, str(error)) from None
    except ComparisonFileError as error:
        raise type(error)(f"{path.name}: {error}") from None
    except (ExperimentError, SettingError) as error:
        raise ExperimentError(f"{path.name}: {error}") from None


def _not_toml(path: Path, why: str) -> NotTomlError:
    """Of a file that is not even called so it is told what was expected, and what data is for."""
    if path.suffix.lower() != ".toml":
        why = f"expected an experiment (.toml); data goes into one, as --set dataset.source.path={path.name} says"
    return NotTomlError(f"{path.name}: {why}")


def save_experiment(experiment: Experiment, path: Path) -> None:
    """Write an experiment file, atomically."""
    write_atomically(path, format_experiment(experiment).encode(errors="replace"))


def with_settings(experiment: Experiment, assignments: list[str]) -> Experiment:
    """The experiment with `--set` assignments applied, in their order: "training.epochs=3", "model.layers.0.units=32",
    or "model.layers.*.initializer=xavier" of all layers.

    Values are TOML, or bare words for texts.
    """
    pairs = []
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals or not key.strip():
            raise SettingError(f"--set {shown(assignment)}: expected KEY=VALUE, e.g. training.epochs=3")
        pairs.append((key.strip(), value_of(text.strip())))
    return with_values(experiment, pairs)


def with_values(experiment: Experiment, pairs: Iterable[tuple[str, Any]]) -> Experiment:
    """The experiment with other settings, by dotted names and with values as TOML has them."""
    table = experiment_to_table(experiment)
    for name, value in pairs:
        key = present_name(name)
        if name in FORMER_CHOICES:
            checked(DatasetSettings, key.partition(".")[2], value, name)
        if key == "model.kind" and isinstance(value, str) and value in MODELS and value != table["model"]["kind"]:
            # Another kind has settings of its own, and begins with their defaults.
            table["model"] = MODELS[value]().to_table()
        if key in ("dataset.path", "dataset.source.path") and value:
            table["dataset"]["source"] = _file_in(table["dataset"]["source"])
        # A later pair may change a part of it, and whoever gave it may give it again.
        for each in each_key(table, key):
            assign(table, each, deepcopy(value), _choices(table))
    return experiment_from_table(table)


def _file_in(source: Any) -> dict[str, Any]:
    """A source that is a file, as which a path is enough to choose it."""
    return source if isinstance(source, dict) and source.get("kind") == "file" else {"kind": "file"}


def _choices(table: Mapping[str, Any]) -> dict[str, Mapping[str, type[Settings]]]:
    """The kinds of every choice, by the choice's dotted name."""
    model = MODELS.get(table["model"]["kind"], ModelSettings)
    return {
        f"{owner.section}.{entry.name}": kinds
        for owner in (DatasetSettings, model, TrainingSettings)
        for entry in fields(owner)
        if (kinds := describe(entry).kinds)
    }


def _model_section(table: Mapping[str, Any]) -> Mapping[str, Any]:
    section = _section(table, "model")
    kind = section.get("kind", "mlp")
    return in_new_places(section, MODELS[kind]) if isinstance(kind, str) and kind in MODELS else section


def _section(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = table.get(name, {})
    if not isinstance(section, Mapping):
        raise SettingError(f"{name}: expected a table [{name}], found {shown_value(section)}")
    return section
