"""A small sweep of the small experiment, as a file."""

from pathlib import Path

from nnlab.experiments.experiment import save_experiment
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.experiments.sweeps.sweep_file import load_sweep
from tests.experiments.cases import SMALL

BASE = 'name = "Rates"\nbase = "small.toml"\n'
RATES = f"{BASE}vary.training.learning_rate = [0.1, 0.5, 0.02]\n"
DRAWN = f"{BASE}vary.training.learning_rate = {{ low = 0.01, high = 1, log = true }}\n"


def written(folder: Path, text: str = RATES) -> Path:
    """The sweep's file, and that of its experiment beside it."""
    save_experiment(SMALL, folder / "small.toml")
    path = folder / "rates.toml"
    path.write_text(text)
    return path


def sweep_of(folder: Path, text: str = RATES) -> Sweep:
    """The sweep that such a file holds."""
    return load_sweep(written(folder, text))
