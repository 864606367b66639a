"""Drawn points live in the experiment's file, one in a line."""

from pathlib import Path

from nnlab.datasets import DatasetSettings
from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment, save_experiment

POINTS = ((0.5, -1.25, 0.0), (1e-7, 1.5, 9.0), (-0.3, 0.0, 1.0))


def test_drawn_points_come_back_from_the_file_unchanged(tmp_path: Path) -> None:
    experiment = Experiment("points = []", DatasetSettings({"kind": "drawn", "points": POINTS}))
    save_experiment(experiment, tmp_path / "drawn.toml")
    assert load_experiment(tmp_path / "drawn.toml") == experiment


def test_every_point_is_one_line() -> None:
    text = format_experiment(Experiment(dataset=DatasetSettings({"kind": "drawn", "points": POINTS})))
    assert "    [0.5, -1.25, 0],\n    [1e-07, 1.5, 9],\n    [-0.3, 0.0, 1],\n]\n" in text
