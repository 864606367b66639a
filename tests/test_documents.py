"""What the README says of the program: what it names is there, and what it shows as an experiment is one."""

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
from nnlab.training.breakpoints import BREAKPOINTS
from nnlab.ui.views import VIEWS

README = (Path(__file__).parents[1] / "README.md").read_text()
# By what stands before a comment in the experiment that is shown: which table it names kinds of.
LISTED: dict[str, Iterable[str]] = {
    "source = ": DATASETS,
    "kind = ": MODELS,
    "loss = ": LOSSES,
    "optimizer = ": OPTIMIZERS,
}


def shown(start: str) -> str:
    """The indented text of the README that begins so."""
    lines = README[README.index(f"    {start}") :].splitlines()
    return textwrap.dedent("\n".join(takewhile(lambda line: not line or line.startswith("    "), lines)))


@pytest.mark.parametrize("start", LISTED)
def test_the_kinds_that_a_comment_lists_are_there(start: str):
    """All there are is what `nnlab kinds` lists: a new one needs no line here."""
    (line,) = re.findall(rf"(?m)^    {start}\"\w[\w-]*\" +# (.+)$", README)
    names = line.partition(";")[0].split(", ")
    assert len(names) > 3 and set(names) <= set(LISTED[start])


def test_the_kinds_of_layers_in_the_table_are_there():
    table = README[README.index("| | `kind` |") :].partition("\n\n")[0]
    names = set(re.findall(r"`(\w+)`", table)) - {"kind"}
    assert len(names) > 20 and names <= set(LAYERS)
    assert "`nnlab kinds`" in README


def test_the_views_in_the_table_are_there():
    table = README[README.index("| view | what it shows |") :].partition("\n\n")[0]
    rows = {name for row in re.findall(r"(?m)^\| ([A-Z][^|]+) \|", table) for name in row.split(", ")}
    assert len(rows) > 10 and rows <= {view.title for view in VIEWS.values()} | {"Curves"}


def test_the_experiment_that_is_shown_is_read_and_another_list_of_layers_fits_it():
    experiment = parse_experiment(shown("format = 2"))
    assert experiment.name == "digits-mlp"
    layers = " ".join(shown("layers = [\n      { kind").split())
    assert [layer.kind for layer in with_settings(experiment, [f"model.{layers}"]).model.layers][2] == "residual"


def test_the_breakpoints_that_are_shown_are_read_and_so_is_the_command():
    experiment = parse_experiment(shown("format = 2"))
    listed = with_settings(experiment, [f"training.{shown('stop_when = [')}"]).training.stop_when
    (one,) = re.findall(r"--set '(training\.stop_when=.*)'", README)
    kinds = [type(one) for one in (*listed, *with_settings(experiment, [one]).training.stop_when)]
    assert kinds == [BREAKPOINTS[kind] for kind in ("not_finite", "loss", "score")]


def test_a_setting_by_its_former_name_is_the_present_one():
    experiment = parse_experiment(shown("format = 2"))
    former, present = re.findall(r"`--set (training\.[\w.]*momentum=[\d.]+)`", README)
    assert with_settings(experiment, [former]) == with_settings(experiment, [present]) != experiment
