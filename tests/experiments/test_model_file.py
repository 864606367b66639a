"""Model files: everything comes back bit for bit, and a failed save leaves the old file."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors

from nnlab.errors import SaveError
from nnlab.experiments.experiment import format_experiment
from nnlab.experiments.model_file import load_model, parameters_sha256, save_model
from nnlab.models.optimizers import OPTIMIZERS
from tests.experiments.cases import (
    GOOD,
    METRICS,
    SMALL,
    stepped_run,
    taken_apart,
)
from tests.sentences import assert_one_sentence


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_comes_back_bit_for_bit(path: Path, optimizer: str):
    experiment = replace(SMALL, training=replace(SMALL.training, optimizer=optimizer, learning_rate=0.01))
    run = stepped_run(experiment)
    save_model(path, run, experiment, METRICS)
    saved = load_model(path)
    assert parameters_sha256(saved.model) == parameters_sha256(run.model)
    assert saved.experiment == experiment
    assert saved.checkpoint.counters == run.counters and saved.step == 6 and (run.epoch, run.position) == (1, 16)
    assert (saved.class_names, saved.example_shape, saved.metrics) == (("A", "B"), (2,), METRICS)
    np.testing.assert_array_equal(saved.scaling.factor, run.data.scaling.factor)
    np.testing.assert_array_equal(saved.scaling.offset, run.data.scaling.offset)
    assert set(saved.checkpoint.vectors) == set(OPTIMIZERS[optimizer].vectors)
    for name, vector in saved.checkpoint.vectors.items():
        assert vector.tobytes() == run.vectors[name].tobytes()


def test_the_model_that_comes_back_predicts_the_same_and_can_learn(path: Path):
    run = stepped_run()
    save_model(path, run, SMALL, {})
    saved, (inputs, labels) = load_model(path), run.data.learning.gather(np.arange(10))
    np.testing.assert_array_equal(saved.model.predict(inputs), run.model.predict(inputs))
    saved.model.loss_and_gradient(inputs, labels)
    saved.model.parameters.values += 1


def test_saving_between_steps_changes_no_bit(path: Path):
    watched, alone = stepped_run(steps=0), stepped_run(steps=0)
    for _ in watched:
        save_model(path, watched, SMALL, {})
    list(alone)
    assert parameters_sha256(watched.model) == parameters_sha256(alone.model)


def test_the_file_is_plain_safetensors_with_the_experiment_as_text():
    header, _ = taken_apart(GOOD)
    assert header["__metadata__"]["experiment"] == format_experiment(SMALL)
    assert {"nnlab", "numpy", "blas", "threads"} <= set(header["__metadata__"])
    assert all(isinstance(text, str) for text in header["__metadata__"].values())
    assert set(load_tensors(GOOD)) == {
        "model.dense1.weight",
        "model.dense1.bias",
        "model.dense2.weight",
        "model.dense2.bias",
        "optimizer.velocity",
        "best.parameters",
        "good.parameters",
        "scaling.factor",
        "scaling.offset",
        "scaling.ends",
    }


def test_the_checksum_sees_every_bit_of_the_parameters():
    model = stepped_run().model
    before = parameters_sha256(model)
    model.parameters.values.view(np.uint32)[3] ^= 1
    assert parameters_sha256(model) != before


def test_a_full_disk_leaves_the_old_model(path: Path, monkeypatch: pytest.MonkeyPatch):
    path.write_bytes(GOOD)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SaveError) as caught:
        save_model(path, stepped_run(steps=3), SMALL, {})
    assert_one_sentence(caught.value, str(path), os.strerror(errno.ENOSPC), "unchanged")
    assert path.read_bytes() == GOOD
    assert list(path.parent.iterdir()) == [path]


def test_metrics_come_back_as_they_were(path: Path):
    save_model(path, stepped_run(), SMALL, json.loads(json.dumps(METRICS)))
    assert load_model(path).metrics == METRICS
