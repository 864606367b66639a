"""What a script does when it is run."""

import argparse
import hashlib
import os
from pathlib import Path

import numpy as np

from .data.load import load_data
from .evaluation import evaluate
from .face import Epoch
from .model import Model, build
from .settings import HAS_TEST, HAS_VALIDATION, SCORE
from .training import train


def parameters(model: Model) -> np.ndarray:
    """All that the model has learned, as one vector."""
    return model.tensors.values


def told(part: str, loss: float | None, score: float | None) -> str:
    """The figures of one part of the data, in words."""
    if SCORE:
        return f"{part} loss {loss:.6f}, {SCORE} {score:.4f}"
    else:
        return f"{part} loss {loss:.6f}"


def main() -> None:
    """Train; print every epoch, the figures of the test, and a checksum."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    place = os.environ.get("NNLAB_DATA", ".")
    parser.add_argument("data", nargs="?", default=place, help="folder of the data")
    data = load_data(Path(parser.parse_args().data))
    model = build(data)
    for event in train(model, data):
        if isinstance(event, Epoch):
            words = told("train", event.train_loss, event.train_score)
            if HAS_VALIDATION:
                figures = event.validation_loss, event.validation_score
                words += "   " + told("validation", *figures)
            print(f"epoch {event.epoch}   {words}", flush=True)
    if HAS_TEST:
        print(told("test", *evaluate(model, *data.test)))
    checksum = hashlib.sha256(parameters(model).tobytes()).hexdigest()
    print(f"parameters_sha256 {checksum}")


if __name__ == "__main__":
    main()
