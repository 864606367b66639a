"""A person's file that is cut or rewritten while a process trains on it."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import DatasetError
from nnlab.training import prepare_data
from tests.datasets.own_files import whole

PROGRAM = """
import sys
from pathlib import Path
import numpy as np
import nnlab.datasets.mapped_files as mapped_files
from nnlab.errors import DatasetError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import experiment_from_table

path, change, memory = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
mapped_files.available_memory = lambda: memory
run = assemble(experiment_from_table({
    "name": "x",
    "dataset": {"name": "file", "path": str(path), "validation": 0.2, "test": 0.0},
    "model": {"kind": "mlp", "layers": [{"kind": "dense", "units": 2}, "softmax"]},
    "training": {"epochs": 2},
}), [])
# What is mapped may be changed between two epochs, a copy at any time.
while not next(run).epoch_end and memory < 1 << 20:
    pass
with path.open("r+b") as file:
    if change == "cut":
        file.truncate(4096)
    else:
        file.seek(4096)
        file.write(bytes(1 << 16))
try:
    for step in run:
        pass
except DatasetError as error:
    print("told:", error)
else:
    print("trained", run.epoch)
"""
PLENTY, LITTLE = 1 << 40, 1 << 10


def write(folder: Path, kind: str) -> Path:
    pictures = np.random.default_rng(0).integers(0, 256, (5000, 8, 8), np.uint8)
    labels = (np.arange(5000) % 2).astype(np.uint8)
    if kind == "npy":
        np.save(folder / "x.npy", pictures)
        np.save(folder / "y.npy", labels)
        return folder / "x.npy"
    for name, array in (("images-idx3", pictures), ("labels-idx1", labels)):
        header = bytes((0, 0, 8, array.ndim)) + np.array(array.shape, ">u4").tobytes()
        (folder / f"train-{name}-ubyte").write_bytes(header + array.tobytes())
    return folder / "train-images-idx3-ubyte"


def trained(path: Path, change: str, memory: int) -> str:
    """What a process says that trains on a file while it is changed."""
    environment = os.environ | {"NNLAB_HOME": str(path.parent / "home")}
    command = [sys.executable, "-c", PROGRAM, str(path), change, str(memory)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=100, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout.strip()


@pytest.mark.parametrize("kind", ["npy", "idx"])
@pytest.mark.parametrize("change", ["cut", "rewrite"])
def test_training_goes_on_where_the_file_was_small_enough_to_copy(tmp_path: Path, kind: str, change: str):
    assert trained(write(tmp_path, kind), change, PLENTY) == "trained 2"


@pytest.mark.parametrize("kind", ["npy", "idx"])
@pytest.mark.parametrize("change", ["cut", "rewrite"])
def test_a_change_is_told_when_an_epoch_begins_where_the_file_is_mapped(tmp_path: Path, kind: str, change: str):
    path = write(tmp_path, kind)
    assert trained(path, change, LITTLE) == f"told: {path.name}: was changed while it was in use; open the data again"


@pytest.mark.parametrize("kind", ["npy", "idx"])
def test_a_file_cut_before_training_begins_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str):
    monkeypatch.setattr("nnlab.datasets.mapped_files.available_memory", lambda: LITTLE)
    path = write(tmp_path, kind)
    dataset = whole(path)
    os.truncate(path, 4096)
    with pytest.raises(DatasetError, match="was changed while it was in use"):
        prepare_data(dataset, DatasetSettings())


def test_a_file_that_another_takes_the_place_of_stays_what_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.mapped_files.available_memory", lambda: LITTLE)
    path = write(tmp_path, "npy")
    data = prepare_data(whole(path), DatasetSettings())
    (tmp_path / "new").write_bytes(b"short")
    (tmp_path / "new").replace(path)
    data.learning.check_file()
