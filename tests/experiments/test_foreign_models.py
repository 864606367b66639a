"""A file of another kind, another program or another architecture is refused in one sentence."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from nnlab.experiments.experiment import format_experiment
from nnlab.experiments.model_file import load_model
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Softmax
from nnlab.models.layers.dense import Dense
from tests.experiments.cases import (
    GOOD,
    SMALL,
    put_together,
    refused,
    taken_apart,
    with_metadata,
    with_tensors,
)

BEST = {"epoch": 1, "train_loss": 0.5, "train_accuracy": None, "validation_loss": 0.5, "confusion": [[0, 1, 5]]}


def with_state(**entries: object) -> str:
    """The state of the good file with some entries replaced."""
    return json.dumps(json.loads(taken_apart(GOOD)[0]["__metadata__"]["state"]) | entries)


def with_columns(**entries: object) -> str:
    """What a file says of the columns of a table, with some entries replaced."""
    return json.dumps({"delimiter": ",", "columns": 3, "names": ["a", "b", "kind"], "label": 2} | entries)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"[training]\nepochs = 3\n",
        pickle.dumps({"weight": [1.0]}),
        b"PK\x03\x04" + bytes(200),
        bytes(1000),
        b"\xff" * 1000,
    ],
    ids=["empty", "picture", "toml", "pickle", "zip", "zeros", "ones"],
)
def test_a_file_of_another_kind_is_refused(path: Path, content: bytes):
    refused(path, content)


@pytest.mark.parametrize("metadata", [None, {"format": "pt"}, {"made by": "someone"}])
def test_safetensors_of_another_program_are_refused(path: Path, metadata):
    refused(path, save_tensors({"weight": np.ones((2, 2), np.float32)}, metadata), "not an nnlab model")


@pytest.mark.parametrize("header", [[], [1], "text", 5, {}])
def test_a_header_of_another_shape_is_refused(path: Path, header):
    refused(path, put_together(header, b""))


@pytest.mark.parametrize("key", ["format", "experiment", "classes", "example_shape", "state", "metrics"])
def test_metadata_that_is_missing_is_refused(path: Path, key: str):
    refused(path, with_metadata(GOOD, **{key: None}))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("format", "nnlab-model-99"),
        ("experiment", "not [ toml"),
        ("experiment", "[training]\nepoch = 3"),
        ("classes", "3"),
        ("classes", "["),
        ("classes", '["A"]'),
        ("example_shape", "[3]"),
        ("example_shape", "2"),
        ("example_shape", "[-2]"),
        ("example_shape", f"[{10**300}]"),
        ("columns", "[]"),
        ("columns", '"a, b"'),
        ("columns", with_columns(columns=10**12)),
        ("columns", with_columns(columns=2.0)),
        ("columns", with_columns(names=["a", "b"])),
        ("columns", with_columns(names=["a", "b", 3])),
        ("columns", with_columns(label=3)),
        ("columns", with_columns(values=[0, -1])),
        ("columns", with_columns(order=[[0], [1]])),
        ("columns", with_columns(left_out=[{"place": 7, "why": "empty"}])),
        ("columns", with_columns(left_out=["a"])),
        ("columns", with_columns(delimiter="")),
        ("columns", with_columns(has_words=1)),
        ("columns", with_columns(decimals=".")),
        ("columns", '{"columns": 3}'),
        ("state", "many"),
        ("state", '{"number": -1, "epoch": 0, "position": 0, "optimizer_start": 0, "plateau": [null, 0, 0]}'),
        ("state", with_state(best={"epoch": -1})),
        ("state", with_state(best={"epoch": 1})),
        ("state", with_state(best=[1, 2])),
        ("state", with_state(best={**BEST, "validation_loss": "low"})),
        ("state", with_state(best={**BEST, "confusion": [[0, 2, 5]]})),
        ("state", with_state(best={**BEST, "confusion": [[0, -1, 5]]})),
        ("state", with_state(best={**BEST, "confusion": [[0, 1], [2]]})),
        ("state", with_state(best={**BEST, "confusion": 3})),
        ("state", with_state(sums=[1.0, 2.0])),
        ("state", with_state(sums=["a", 1, 2])),
        ("state", with_state(kept_epoch=0.5)),
        ("state", with_state(optimizer_start=1000)),
        *(("state", with_state(helpers=wrong)) for wrong in (-1, 0, 65, 10**9, "2", 2.0, True, None, [2])),
        ("state", "[]"),
        ("state", "null"),
        ("state", "3"),
        ("metrics", "[1]"),
        ("dtype", "float16"),
        ("whites", "[]"),
        ("whites", '{"whole": 3}'),
        ("whites", '{"whole": 1e12}'),
        ("whites", '{"float": 0}'),
        ("whites", '{"float": NaN}'),
        ("whites", '{"float": "bright"}'),
        ("whites", '{"grey": 255}'),
        ("metrics", "{"),
        ("metrics", "[" * 100_000),
    ],
)
def test_metadata_that_does_not_make_sense_is_refused(path: Path, key: str, text: str):
    refused(path, with_metadata(GOOD, **{key: text}))


def test_columns_that_make_sense_are_taken_as_they_are(path: Path):
    path.write_bytes(with_metadata(GOOD, columns=with_columns()))
    assert load_model(path).schema.columns == json.loads(with_columns())


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((Dense(6), ReLU(), Dense(2), Softmax()), ("dense1.weight", "(2, 5)", "(2, 6)")),
        ((Dense(5), ReLU(), Dense(5), ReLU(), Dense(2), Softmax()), ("lacks dense3",)),
        ((Dense(2), Softmax()), ("holds dense2",)),
    ],
)
def test_numbers_of_another_architecture_are_refused(path: Path, layers, words):
    other = replace(SMALL, model=MLPSettings(layers))
    refused(path, with_metadata(GOOD, experiment=format_experiment(other)), "another architecture", *words)


def test_tensors_that_do_not_fit_the_architecture_are_refused(path: Path):
    tensors = load_tensors(GOOD)
    weight = tensors["model.dense1.weight"]
    refused(path, with_tensors(model__dense1__weight=None), "lacks dense1.weight")
    refused(path, with_tensors(model__dense9__weight=weight), "holds dense9.weight")
    refused(path, with_tensors(model__dense1__weight=np.ascontiguousarray(weight.T)), "(5, 2)", "(2, 5)")
    refused(path, with_tensors(model__dense1__weight=weight.astype(np.float64)), "float64", "float32")
    refused(path, with_tensors(model__dense1__weight=weight.ravel()), "dense1.weight")


def test_an_optimizers_memory_that_does_not_fit_is_refused(path: Path):
    velocity = load_tensors(GOOD)["optimizer.velocity"]
    refused(path, with_tensors(optimizer__velocity=None))
    refused(path, with_tensors(optimizer__velocity=velocity[:-1].copy()), "velocity")
    refused(path, with_tensors(optimizer__velocity=velocity.astype(np.float64)), "velocity")


def test_best_numbers_that_do_not_fit_are_refused(path: Path):
    numbers = load_tensors(GOOD)["best.parameters"]
    refused(path, with_tensors(best__parameters=numbers[:-1].copy()), "best.")
    refused(path, with_tensors(best__parameters=numbers.astype(np.float64)), "best.")
    refused(path, with_tensors(best__parameters=np.full_like(numbers, np.nan)), "best.", "not finite")
    refused(path, with_tensors(best__buffers=np.ones(3, np.float32)), "best.")


def test_a_scaling_that_does_not_fit_is_refused(path: Path):
    refused(path, with_tensors(scaling__factor=None))
    refused(path, with_tensors(scaling__factor=np.ones(3, np.float32)), "scaling", "3 numbers")
    refused(path, with_tensors(scaling__offset=np.ones(2, np.float64)), "scaling", "float64")
    refused(path, with_tensors(scaling__ends=np.array([5.0, 5.0])), "scaling", "ends")
    refused(path, with_tensors(scaling__ends=np.array([0.0, np.nan])), "scaling", "ends")
    refused(path, with_tensors(scaling__offset=np.ones((1, 2), np.float32)), "scaling")
