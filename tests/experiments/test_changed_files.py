"""A headless run whose file is changed meanwhile keeps what it has learned."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import DatasetError
from nnlab.experiments.experiment import experiment_from_table
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from tests.sentences import assert_one_sentence

LAYERS = [{"kind": "dense", "units": 2}, "softmax"]


def test_the_model_is_saved_when_its_file_is_rewritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.datasets.mapped_files.available_memory", lambda: 0)
    pictures = np.random.default_rng(0).integers(0, 256, (600, 8, 8), np.uint8)
    np.save(tmp_path / "x.npy", pictures)
    np.save(tmp_path / "y.npy", np.arange(600) % 2)

    def progress(run: object, step: object, seconds: float) -> None:
        if step.epoch_end is not None and step.epoch_end.epoch == 2:
            with (tmp_path / "x.npy").open("ab") as file:
                file.write(b"more")

    experiment = experiment_from_table(
        {
            "name": "mine",
            "dataset": {"name": "file", "path": str(tmp_path / "x.npy"), "test": 0.0},
            "model": {"kind": "mlp", "layers": LAYERS},
            "training": {"epochs": 5},
        }
    )
    with pytest.raises(DatasetError) as caught:
        run_experiment(experiment, [], tmp_path, 1, progress)
    (saved,) = tmp_path.glob("*.safetensors")
    assert_one_sentence(caught.value, "x.npy", "was changed while it was in use", saved.name)
    assert load_model(saved).checkpoint.counters.epoch == 2
