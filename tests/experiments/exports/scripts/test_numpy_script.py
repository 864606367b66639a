"""The NumPy script of an experiment: a stranger's file that trains the same, bit for bit."""

import ast
import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.toys import TOYS
from nnlab.experiments.assembly import assemble
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.exports.scripts import sources
from nnlab.experiments.exports.scripts.piece import has_piece
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import parameters_sha256
from nnlab.resources import example_files
from nnlab.training import TrainingRun
from tests.experiments.exports.scripts.trained_alike import check_is_well_written, check_trains_alike, module_of, script_of

EXAMPLES = {path.stem: path for path in example_files()}
# What makes an example of minutes one of a second; all others learn for two epochs of 600 examples.
SHORTENED = {
    "xor": (),
    "digits-mlp": (),
    "sine": (),
    "digits-residual": ("training.epochs=2", "dataset.examples=400"),
    # More than go through at once.
    "kaggle-mlp-full-batch": ("training.epochs=2", "dataset.examples=3500"),
    "mnist-deep-autoencoder": ("training.epochs=8", "dataset.examples=300"),
}
USUALLY = ("training.epochs=2", "dataset.examples=600")


@pytest.fixture(scope="module")
def encoder(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the autoencoder that mnist-latent-svm looks for, after three steps."""
    folder = tmp_path_factory.mktemp("encoder")
    example = load_experiment(EXAMPLES["mnist-autoencoder"])
    run_experiment(replace(example, training=replace(example.training, steps=3)), [real_data], folder, 1)
    return folder


def shortened(name: str) -> Experiment:
    return with_settings(load_experiment(EXAMPLES[name]), list(SHORTENED.get(name, USUALLY)))


def printed(script: Path, data: Path) -> list[str]:
    """What a process of its own prints, which has NumPy and nothing that is nnlab's."""
    words = [sys.executable, "-I", "-X", "utf8", str(script), str(data)]
    # The bits go by the number of threads.
    alone = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(words, capture_output=True, text=True, check=True, cwd=data, env=alone).stdout.splitlines()


def line_of(run: TrainingRun, epoch: int, loss: float, score: float) -> str:
    """How an epoch begins in the script's words."""
    told = {"accuracy": f", accuracy {score:.4f}", "r2": f", R2 {score:.4f}"}
    predicts = not np.isnan(score)
    kind = "r2" if run.data.dataset.train.has_values else "accuracy"
    return f"epoch {epoch}   train loss {loss:.6f}{told[kind] if predicts else ''}"


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_prints_the_same_losses_and_ends_in_the_same_checksum(
    name: str, real_data: Path, encoder: Path, tmp_path: Path
):
    experiment, folders = shortened(name), [real_data, encoder]
    set_threads(1)
    run = assemble(experiment, folders)
    ends = [step.epoch_end for step in run if step.epoch_end]
    script = script_of(experiment, tmp_path, folders)
    lines = printed(script, real_data)
    for end, line in zip(ends, lines, strict=False):
        assert line.startswith(line_of(run, end.epoch, end.train_loss, end.train_score))
        assert f"validation loss {end.validation.loss:.6f}" in line
    assert lines[-1] == f"parameters_sha256 {parameters_sha256(run.model)}"
    check_is_well_written(script)
    assert not unused_in(script.read_text())


def unused_in(text: str) -> set[str]:
    """Definitions and constants of a script that nothing in it uses, but for the face that others use."""
    tree = ast.parse(text)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    defined |= {node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)}
    used = Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return {name for name in defined if not used[name]} - {"predict", "main"}


def test_what_nothing_uses_would_be_seen():
    assert unused_in("A = 1\nB = 2\ndef main():\n    return A\ndef f(): ...\n") == {"B", "f"}


def test_the_steps_of_a_script_are_those_of_nnlab(tmp_path: Path):
    run = check_trains_alike(shortened("xor"), tmp_path)
    assert run.step == 760
    assert hashlib.sha256(run.model.parameters.values.tobytes()).hexdigest().startswith("2397432a")


def test_predictions_are_those_of_nnlab(real_data: Path, tmp_path: Path):
    experiment = with_settings(load_experiment(EXAMPLES["digits-residual"]), ["training.steps=3"])
    run = check_trains_alike(experiment, tmp_path)
    script = module_of(tmp_path / "script.py")
    data = script.load_data(tmp_path)
    model = script.build(data)
    list(script.train(model, data))
    inputs, _ = run.data.testing.gather(run.data.test_index[:50])
    np.testing.assert_allclose(script.predict(model, data.test.inputs[:50]), run.model.predict(inputs), atol=1e-6)


def test_points_without_a_piece_of_their_own_lie_beside_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sources._READ, "xor")
    check_trains_alike(with_settings(load_experiment(EXAMPLES["xor"]), ["training.epochs=2"]), tmp_path)
    assert list(tmp_path.glob("*.npz"))
    assert not has_piece("toys.nowhere") and all(has_piece(f"toys.{toy.name}") for toy in TOYS)
