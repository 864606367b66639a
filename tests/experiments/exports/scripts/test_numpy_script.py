"""The NumPy script of an experiment: a stranger's file that trains the same, bit for bit."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.datasets.toys import TOYS
from nnlab.experiments.experiment import Experiment, load_experiment, with_settings
from nnlab.experiments.exports.scripts import sources
from nnlab.experiments.exports.scripts.piece import has_piece
from nnlab.resources import resource
from tests.experiments.exports.scripts.trained_alike import check_is_well_written, check_trains_alike, script_of

QUICK = ("xor", "digits-mlp", "sine", "digits-residual")


def example(name: str, *assignments: str) -> Experiment:
    return with_settings(load_experiment(resource("examples", f"{name}.toml")), list(assignments))


@pytest.mark.parametrize("name", QUICK)
def test_it_trains_as_nnlab_does_to_the_last_bit(name: str, tmp_path: Path):
    check_trains_alike(example(name, "training.epochs=4"), tmp_path)


@pytest.mark.parametrize("name", QUICK)
def test_a_stranger_finds_a_clean_file(name: str, tmp_path: Path):
    check_is_well_written(script_of(example(name), tmp_path))


def test_run_by_itself_it_prints_the_losses_and_the_checksum(tmp_path: Path):
    experiment = example("xor", "training.epochs=3")
    run = check_trains_alike(experiment, tmp_path)
    done = subprocess.run([sys.executable, "-I", tmp_path / "script.py"], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("epoch 1   train loss 0.")
    assert f"validation loss {run.evaluation.loss:.6f}, accuracy {run.evaluation.score:.4f}" in lines[2]
    assert lines[-1] == f"parameters_sha256 {hashlib.sha256(run.model.parameters.values.tobytes()).hexdigest()}"


def test_points_without_a_piece_of_their_own_lie_beside_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sources._READ, "xor")
    check_trains_alike(example("xor", "training.epochs=2"), tmp_path)
    assert list(tmp_path.glob("*.npz"))
    assert not has_piece("toys.nowhere") and all(has_piece(f"toys.{toy.name}") for toy in TOYS)
