"""A small experiment, its trained run, and surgery on the model files it leaves."""

import json
import struct
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from nnlab.datasets import DatasetSettings
from nnlab.errors import ModelFileError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.model_file import load_model, model_bytes
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import Softmax, Tanh
from nnlab.models.layers.dense import Dense
from nnlab.training import TrainingRun, TrainingSettings
from tests.sentences import assert_one_sentence

SMALL = Experiment(
    "Small",
    DatasetSettings({"kind": "xor", "samples": 40}, validation=0.2),
    MLPSettings((Dense(5, initializer="xavier"), Tanh(), Dense(2), Softmax())),
    TrainingSettings(epochs=2, batch_size=8, learning_rate=0.1),
)

Header = dict[str, Any]


def stepped_run(experiment: Experiment = SMALL, steps: int = 6) -> TrainingRun:
    """Stands after some steps, in the middle of an epoch."""
    run = assemble(experiment, [])
    list(islice(run, steps))
    return run


def taken_apart(content: bytes) -> tuple[Header, bytes]:
    """The header of a safetensors file, and the numbers after it."""
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8 : 8 + size]), content[8 + size :]


def put_together(header: object, body: bytes) -> bytes:
    """A safetensors file with this header, right or wrong."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def with_header(content: bytes, change: Callable[[Header], None]) -> bytes:
    """The file with its header changed."""
    header, body = taken_apart(content)
    change(header)
    return put_together(header, body)


def with_metadata(content: bytes, **entries: str | None) -> bytes:
    """The file with entries of its metadata replaced, or removed (None)."""

    def change(header: Header) -> None:
        kept = {key: text for key, text in (header["__metadata__"] | entries).items() if text is not None}
        header["__metadata__"] = kept

    return with_header(content, change)


METRICS = {"test_accuracy": 0.5, "stopped": "", "best_epoch": None, "threads": 1}
GOOD = model_bytes(stepped_run(), SMALL, METRICS)


def refused(path: Path, content: bytes, *words: str) -> None:
    """Reading this content fails with one sentence that names the file and holds the words."""
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        load_model(path)
    assert_one_sentence(caught.value, path.name, *words)
    assert caught.value.exit_status == 2


def with_tensors(**changes: np.ndarray | None) -> bytes:
    """The good file with tensors replaced, added, or removed (None); a double underscore stands for the dot."""
    named = {name.replace("__", "."): tensor for name, tensor in changes.items()}
    tensors = load_tensors(GOOD) | named
    metadata = taken_apart(GOOD)[0]["__metadata__"]
    return save_tensors({name: tensor for name, tensor in tensors.items() if tensor is not None}, metadata)
