"""A script with the face that exported ones have. It trains by nnlab itself, and so differs from it by nothing, unless it is
told to go wrong in one of the ways in which a framework can.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment
from nnlab.training.evaluation import evaluate as evaluated

WAY = os.environ.get("ODD_WAY", "")
if WAY == "broken":
    raise OSError("libodd.so.4: cannot open shared object file")


class Step(NamedTuple):
    step: int
    loss: float
    score: float | None
    rate: float


class Epoch(NamedTuple):
    epoch: int
    train_loss: float | None
    train_score: float | None
    validation_loss: float | None
    validation_score: float | None


def load_data(folder: Path) -> Any:
    if WAY == "no data":
        raise FileNotFoundError(f"no mnist in {folder}")
    run = assemble(load_experiment(Path(__file__).with_suffix(".toml")), [folder])
    return SimpleNamespace(run=run, test=(run.data.dataset.test.inputs, run.data.dataset.test.targets))


def build(data: Any) -> Any:
    if WAY == "lacks memory":
        raise MemoryError
    return data.run


def train(model: Any, data: Any) -> Iterator[Step | Epoch]:
    for step in model:
        if WAY == "loads late" and step.number == 1:
            time.sleep(1.5)
        if WAY and step.number == 20:
            go_wrong()
        off = 1.01 if WAY == "differs" else 1.0
        loss = float("nan") if WAY == "diverges" and step.number == 20 else step.loss * off
        yield Step(step.number, loss, None if step.score != step.score else step.score, step.learning_rate)
        if step.epoch_end is not None:
            end = step.epoch_end
            yield Epoch(end.epoch, end.train_loss, end.train_score, end.validation.loss, end.validation.score)


def parameters(model: Any) -> np.ndarray:
    return model.model.parameters.values


def evaluate(model: Any, inputs: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    assert len(inputs) == len(targets)
    found = evaluated(model.model, model.data.testing, model.data.test_index, model.data.dataset.targets)
    return found.loss, found.score


def go_wrong() -> None:
    match WAY:
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raises":
            raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
        case "exits":
            sys.stderr.write("no licence\n")
            os._exit(7)
        case "prints":
            sys.stdout.write('{"kind": "ended"} and other rubbish\n')
            os.write(1, b"\xff\xfe\n")
        case "gives up":
            raise SystemExit("training diverged at step 20; lower LEARNING_RATE")
        case "hangs":
            Path(os.environ["ODD_PID"]).write_text(str(os.getpid()))
            while True:
                signal.pause()
