"""Data in another range than 0 ... 255 is learned from as well, and a model remembers the range of its own."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.experiments.experiment import experiment_from_table
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.saved_evaluation import evaluate_model

DIGITS = load_dataset(DatasetSettings("digits"), [])


def write(path: Path, change: Any) -> Path:
    """The digits as a table, label first, their bytes changed."""
    examples = DIGITS.train
    rows = np.column_stack([examples.labels, change(examples.inputs.reshape(-1, 64).astype(int))])
    names = ",".join(["label", *(f"pixel{place}" for place in range(64))])
    np.savetxt(path, rows, "%d", ",", header=names, comments="")
    return path


def train(folder: Path, path: Path, layers: Any = None, **changes: Any) -> dict[str, Any]:
    table = {
        "name": "digits",
        "dataset": {"path": str(path), **changes.pop("dataset", {})},
        "model": {
            "kind": "mlp",
            "layers": [{"kind": "dense", "units": 32}, "relu", {"kind": "dense", "units": 10}, "softmax"],
        },
        "training": {"optimizer": "momentum", "learning_rate": 0.05, "batch_size": 32, "epochs": 20},
    }
    return run_experiment(experiment_from_table(table | changes), [], folder)


@pytest.mark.parametrize(
    ("change", "reached"),
    [(lambda bytes_: bytes_ // 16, 0.95), (lambda bytes_: bytes_ > 120, 0.88)],
    ids=["0 to 15", "0 and 1"],
)
def test_digits_of_a_smaller_range_are_learned_as_well(tmp_path: Path, change: Any, reached: float):
    report = train(tmp_path, write(tmp_path / "digits.csv", change))
    assert report["test_accuracy"] > reached


def test_other_data_is_scaled_by_the_range_that_the_model_learned_from(tmp_path: Path):
    model = Path(train(tmp_path, write(tmp_path / "digits.csv", lambda bytes_: bytes_ // 16))["model"])
    whole = evaluate_model(model, [], str(tmp_path / "digits.csv"))
    # Were the faint ones scaled by their own range, they would be as bright as the others.
    faint = evaluate_model(model, [], str(write(tmp_path / "faint.csv", lambda bytes_: bytes_ // 64)))
    assert whole["test_accuracy"] > 0.97
    assert faint["test_loss"] > 2 * whole["test_loss"]


def test_the_peak_of_the_signal_is_the_white_of_the_data(tmp_path: Path):
    table = {"kind": "autoencoder", "layers": [{"kind": "dense", "units": 8}, "code", {"kind": "dense", "units": 64}]}
    for scaling, peak in (("unit", 1.0), ("symmetric", 2.0)):
        report = train(
            tmp_path,
            write(tmp_path / "digits.csv", lambda bytes_: bytes_ // 16),
            model=table,
            dataset={"scaling": scaling, "layout": "flat"},
        )
        # By Jensen's inequality no less than that of the mean error, and near to it.
        least = 10 * np.log10(peak**2 / report["test_mse"])
        assert least <= report["test_psnr"] < least + 1
