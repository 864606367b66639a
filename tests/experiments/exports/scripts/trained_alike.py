"""Trains an experiment with nnlab and with its NumPy script, and holds one to the other."""

import importlib.util
import math
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.exports import Source, written
from nnlab.training import TrainingRun

RUFF = [sys.executable, "-m", "ruff"]


def script_of(experiment: Experiment, folder: Path, folders: Sequence[Path] = ()) -> Path:
    """The experiment's NumPy script, written into a folder."""
    path = folder / "script.py"
    written(Source(experiment, tuple(folders)), "numpy", path)
    return path


def module_of(path: Path) -> ModuleType:
    """The script as a module: nothing is trained yet."""
    spec = importlib.util.spec_from_file_location("script", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def check_trains_alike(experiment: Experiment, folder: Path, folders: Sequence[Path] = ()) -> TrainingRun:
    """Every step's loss, score and rate, every epoch's figures, and all parameters at the end, to the last bit."""
    run = assemble(experiment, folders)
    steps = list(run)
    script = module_of(script_of(experiment, folder, folders))
    data = script.load_data(folders[0] if folders else folder)
    model = script.build(data)
    events = list(script.train(model, data))
    made = [event for event in events if isinstance(event, script.Step)]
    assert [(event.step, event.loss, event.rate) for event in made] == [(s.number, s.loss, s.learning_rate) for s in steps]
    assert [event.score for event in made] == [_or_none(step.score) for step in steps]
    ends = [step.epoch_end for step in steps if step.epoch_end]
    epochs = [event for event in events if isinstance(event, script.Epoch)]
    assert [(e.epoch, e.train_loss, e.train_score) for e in epochs] == [
        (end.epoch, end.train_loss, _or_none(end.train_score)) for end in ends
    ]
    assert [event.validation_loss for event in epochs] == [_or_none(end.validation.loss) for end in ends]
    for event, end in zip(epochs, ends, strict=True):
        score = _or_none(end.validation.score)
        # R2 is taken from values in other units, which rounds otherwise.
        assert event.validation_score == score or math.isclose(event.validation_score, score, abs_tol=1e-5)
    assert script.parameters(model).tobytes() == run.model.parameters.values.tobytes()
    return run


def check_is_well_written(path: Path) -> None:
    """As ruff would format it, with nothing that is never used, and without nnlab."""
    text = path.read_text()
    assert "nnlab" not in [
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))
    ]
    subprocess.run([*RUFF, "format", "--isolated", "--check", "-q", path], check=True)
    subprocess.run([*RUFF, "check", "--isolated", "-q", "--select", "E,F,W,I,B,UP,RET,D101,D102,D103", path], check=True)


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
