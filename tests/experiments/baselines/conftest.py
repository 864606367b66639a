"""A framework of the tests' own: what it trains is what nnlab trains, or goes wrong as it is told."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.experiments.baselines import frameworks
from nnlab.experiments.baselines.contest import Contest, contest_of
from nnlab.experiments.experiment import Experiment, load_experiment, save_experiment
from nnlab.experiments.exports import EXPORTS, Export, Source
from nnlab.report import Report
from nnlab.resources import resource
from tests.training.runs import training_settings

SCRIPT = Path(__file__).with_name("odd_script.py")


def example(name: str, **training: object) -> Experiment:
    """A shipped experiment with other training settings."""
    loaded = load_experiment(resource("examples", f"{name}.toml"))
    return replace(loaded, training=training_settings(loaded.training.to_table() | training))


def write_odd(source: Source, output: Path, report: Report) -> dict[str, object]:
    shutil.copyfile(SCRIPT, output)
    save_experiment(source.experiment, output.with_suffix(".toml"))
    return {}


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The framework "odd" is there; called with a way it goes wrong in that way."""
    monkeypatch.setitem(EXPORTS, "odd", Export("Odd", "a script of the tests", ".py", write_odd))
    monkeypatch.setitem(frameworks.FRAMEWORKS, "odd", frameworks.Framework("Odd", "numpy"))

    def go(way: str) -> None:
        monkeypatch.setenv("ODD_WAY", way)

    go("")
    return go


@pytest.fixture
def contest() -> Iterator[Contest]:
    with contest_of(example("xor", epochs=4), [], 1) as made:
        yield made
