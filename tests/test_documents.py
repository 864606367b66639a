"""What the README says of the program: every kind is named, and what it shows as an experiment is one."""

import re
import textwrap
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path

import pytest

from nnlab.datasets import DATASETS
from nnlab.experiments.experiment import parse_experiment, with_settings
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.ui.views import VIEWS

README = (Path(__file__).parents[1] / "README.md").read_text()
TABLES: dict[str, Iterable[str]] = {
    "datasets": DATASETS,
    "models": MODELS,
    "layers": LAYERS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
}


def shown(start: str) -> str:
    """The indented text of the README that begins so."""
    lines = README[README.index(f"    {start}") :].splitlines()
    return textwrap.dedent("\n".join(takewhile(lambda line: not line or line.startswith("    "), lines)))


@pytest.mark.parametrize("table", TABLES)
def test_every_kind_is_named(table: str):
    named = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`[^`\n]+`", README) + re.findall(r"(?m)^    .*$", README))))
    assert set(TABLES[table]) - named == set()


def test_every_view_has_its_row():
    rows = {name for row in re.findall(r"(?m)^\| ([A-Z][^|]+) \|", README) for name in row.split(", ")}
    assert {view.title for view in VIEWS.values()} <= rows
    assert "Curves" in rows


def test_the_experiment_that_is_shown_is_read_and_another_list_of_layers_fits_it():
    experiment = parse_experiment(shown("format = 2"))
    assert experiment.name == "digits-mlp"
    layers = " ".join(shown("layers = [\n      { kind").split())
    assert [layer.kind for layer in with_settings(experiment, [f"model.{layers}"]).model.layers][2] == "residual"


def test_a_setting_by_its_former_name_is_the_present_one():
    experiment = parse_experiment(shown("format = 2"))
    former, present = re.findall(r"`--set (training\.[\w.]*momentum=[\d.]+)`", README)
    assert with_settings(experiment, [former]) == with_settings(experiment, [present]) != experiment
