"""The notebook of an experiment: its cells, run from top to bottom, train as nnlab does."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.exports import Source, written
from nnlab.models.layers import LAYERS
from nnlab.models.losses import LOSSES
from nnlab.models.optimizers import OPTIMIZERS
from nnlab.resources import example_files, resource

NAMES = [path.stem for path in example_files() if path.stem != "mnist-latent-svm"]


def example(name: str, *assignments: str) -> Experiment:
    return with_settings(load_experiment(resource("examples", f"{name}.toml")), list(assignments))


def notebook_of(experiment: Experiment, folder: Path, folders: tuple[Path, ...] = ()) -> dict[str, Any]:
    path = folder / f"{experiment.name}.ipynb"
    written(Source(experiment, folders), "notebook", path)
    return json.loads(path.read_text())


def texts(notebook: dict[str, Any], kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("name", ["xor", "digits-mlp", "sine"])
def test_its_cells_run_from_top_to_bottom_and_train_alike(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    experiment = example(name, "training.epochs=2")
    notebook = notebook_of(experiment, tmp_path)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in texts(notebook, "code"):
        exec(cell, names)
    run = assemble(experiment, ())
    list(run)
    assert names["parameters"](names["model"]).tobytes() == run.model.parameters.values.tobytes()
    told = capsys.readouterr().out.splitlines()
    assert [line[:7] for line in told] == ["epoch 1", "epoch 2", "test lo"]
    assert np.isfinite(names["predict"](names["model"], names["data"].test.inputs[:3])).all()


def test_it_is_what_jupyter_reads(tmp_path: Path):
    notebook = notebook_of(example("digits-mlp"), tmp_path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        wanted = {"cell_type", "id", "metadata", "source"}
        wanted |= {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == wanted
        assert all(line.endswith("\n") for line in cell["source"][:-1])


def test_equations_come_from_the_engines_own_classes(tmp_path: Path):
    text = "\n".join(texts(notebook_of(example("digits-residual"), tmp_path), "markdown"))
    for kind in ("conv2d", "batch_norm", "residual", "dense", "max_pool2d"):
        assert LAYERS[kind].__doc__.split("\n")[0].strip() in text
    assert LOSSES["cross_entropy"].formula in text
    assert OPTIMIZERS["momentum"].formula in text
    # Chapters that a reader can find.
    assert text.count("\n## ") == 10


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_a_notebook_whose_cells_are_python(name: str, tmp_path: Path, real_data: Path):
    notebook = notebook_of(example(name), tmp_path, (real_data,))
    for cell in texts(notebook, "code"):
        compile(cell, name, "exec")
