"""A contest on a small experiment, and a framework of the tests' own."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from nnlab.experiments.baselines.contest import Contest, contest_of
from nnlab.experiments.experiment import Experiment, load_experiment
from nnlab.resources import resource
from tests.experiments.baselines.odd import install_odd
from tests.training.runs import training_settings


def example(name: str, **training: object) -> Experiment:
    """A shipped experiment with other training settings."""
    loaded = load_experiment(resource("examples", f"{name}.toml"))
    return replace(loaded, training=training_settings(loaded.training.to_table() | training))


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return install_odd(monkeypatch)


@pytest.fixture
def contest() -> Iterator[Contest]:
    with contest_of(example("xor", epochs=4), [], 1) as made:
        yield made
