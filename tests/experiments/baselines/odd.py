"""A framework of the tests' own: what it trains is what nnlab trains, or goes wrong as it is told."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.experiments.baselines import frameworks
from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.exports import EXPORTS, Export, Source
from nnlab.report import Report

SCRIPT = Path(__file__).with_name("odd_script.py")


def write_odd(source: Source, output: Path, report: Report) -> dict[str, object]:
    shutil.copyfile(SCRIPT, output)
    save_experiment(source.experiment, output.with_suffix(".toml"))
    return {}


def install_odd(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The framework "odd" is there; the function that is returned makes it go wrong in a way."""
    monkeypatch.setitem(EXPORTS, "odd", Export("Odd", "a script of the tests", ".py", write_odd))
    monkeypatch.setitem(frameworks.FRAMEWORKS, "odd", frameworks.Framework("Odd", "numpy"))

    def go(way: str) -> None:
        monkeypatch.setenv("ODD_WAY", way)

    go("")
    return go
