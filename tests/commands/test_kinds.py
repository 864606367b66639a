"""`nnlab kinds` lists every row of every table, with what it is and what can be set."""

import json

import pytest

from nnlab.cli import main
from nnlab.datasets import DATASETS
from nnlab.experiments.exports import EXPORTS
from nnlab.experiments.sweeps.search import SEARCHES
from nnlab.models import MODELS
from nnlab.models.layers import LAYERS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.models.regularizers import PENALTIES
from nnlab.models.schedules import SCHEDULES
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.ui.views import VIEWS

TABLES = {
    "datasets": list(DATASETS),
    "models": list(MODELS),
    "layers": list(LAYERS),
    "losses": list(LOSSES),
    "optimizers": list(OPTIMIZERS),
    "schedules": list(SCHEDULES),
    "penalties": list(PENALTIES),
    "breakpoints": list(BREAKPOINTS),
    "searches": list(SEARCHES),
    "exports": list(EXPORTS),
    "views": [view.title for view in VIEWS.values()],
}


def told(capsys: pytest.CaptureFixture, *words: str) -> str:
    assert main(["kinds", *words]) == 0
    return capsys.readouterr().out


def test_every_row_of_every_table_is_listed(capsys: pytest.CaptureFixture):
    lines = dict(line.split("  ", 1) for line in told(capsys).splitlines())
    assert {name: kinds.strip().split(", ") for name, kinds in lines.items()} == {
        name: kinds for name, kinds in TABLES.items() if kinds
    }
    assert {name: list(kinds) for name, kinds in json.loads(told(capsys, "--json")).items()} == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_each_says_what_it_is(capsys: pytest.CaptureFixture, table: str):
    kinds = json.loads(told(capsys, table, "--json"))[table]
    lines = told(capsys, table).splitlines()
    for name, about in kinds.items():
        assert about["what"] and any(line.startswith(f"{name} ") and about["what"] in line for line in lines)
        assert all(own["label"] for own in about["settings"].values())


def test_settings_have_their_range_and_their_default(capsys: pytest.CaptureFixture):
    lines = [line.strip() for line in told(capsys, "layers").splitlines()]
    assert "units: Units, at least 1 and at most 100000; 64" in lines
    assert any(line.startswith("padding: Padding") and line.endswith("; valid") for line in lines)


def test_an_unknown_table_names_the_nearest(capsys: pytest.CaptureFixture):
    assert main(["kinds", "layer"]) == 2
    assert "kinds: 'layer' is not known; did you mean 'layers'?" in capsys.readouterr().err
