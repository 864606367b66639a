"""Files and words that once ended in a traceback or in too much memory: each is one sentence."""

import json
import struct
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from nnlab.cli import main
from nnlab.datasets.dataset import Examples
from nnlab.datasets.scaling import fit_scaling
from nnlab.errors import ExperimentError, ModelFileError, NnlabError, SettingError
from nnlab.experiments.computer import set_threads
from nnlab.experiments.experiment import (
    Experiment,
    experiment_from_table,
    format_experiment,
    parse_experiment,
    with_settings,
)
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.models import MLPSettings
from nnlab.models.layers import LAYERS
from nnlab.models.layers.dense import Dense
from nnlab.models.model import ModelSettings
from nnlab.models.rbm_settings import RBMSettings
from nnlab.resources import resource
from tests.targets import numbered


@pytest.mark.parametrize(
    "text",
    [
        "model = { layers = [1] }",
        "model = { layers = [[1]] }",
        "model = { layers = [2024-01-01] }",
        "model = { layers = [{ type = [1] }] }",
        "model = { layers = [{ units = 3 }] }",
        "model = { kind = [] }",
        "format = true",
        f"training = {{ seed = {'9' * 400} }}",
        f"training = {{ learning_rate = {'9' * 400} }}",
        f"training = {{ seed = {'9' * 5000} }}",
        "a = " + "[" * 3000,
    ],
)
def test_a_strange_experiment_is_one_sentence(text: str):
    with pytest.raises((ExperimentError, SettingError)) as caught:
        parse_experiment(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "model",
    [
        'layers = [{ kind = "dense", units = 2 }, ' + '"relu", ' * 8000 + "]",
        'kind = "deep_belief"\nhidden = [' + "2, " * 2000 + "]",
    ],
)
def test_a_model_of_thousands_of_layers_is_refused_before_it_is_built(model: str):
    with pytest.raises(SettingError, match=r"8,00\d layers; nnlab builds up to 1,000"):
        parse_experiment(f"[model]\n{model}")


def test_a_model_of_many_layers_takes_time_by_their_number():
    layers = ", ".join(['{ kind = "dense", units = 2 }'] * 999)
    experiment = parse_experiment(f'[model]\nlayers = [{layers}, "softmax"]')
    started = time.perf_counter()
    network = experiment.model.build((2,), numbered(2))
    network.evaluate(np.zeros((2, 2), np.float32), np.zeros(2, np.intp))
    assert time.perf_counter() - started < 0.5
    assert network.names[-2:] == ("dense999", "softmax1")


@pytest.mark.parametrize("shape", ["[" + "1, " * 9 + "]", f"[{'9' * 4000}]", "[2147483647, 2147483648]"])
def test_a_shape_of_too_many_or_too_large_axes_is_refused(shape: str):
    with pytest.raises(SettingError, match="shape"):
        parse_experiment(f'[model]\nlayers = [{{ kind = "reshape", shape = {shape} }}]')


def test_a_line_break_does_not_smuggle_a_second_setting_in():
    with pytest.raises(SettingError):
        with_settings(Experiment(), ["training.epochs=3\nx=2"])


def test_a_name_that_is_no_text_is_refused_before_training():
    with pytest.raises(SettingError, match="name"):
        experiment_from_table({"name": "\udcff"})


def test_a_long_name_makes_a_file_name_of_usual_length():
    assert len(file_stem("x" * 300)) == 80


def crafted(path: Path, metadata: object) -> Path:
    header = json.dumps({"__metadata__": metadata}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    return path


@pytest.mark.parametrize("metadata", [[], None, 5, "text"])
def test_metadata_of_another_kind_is_refused(tmp_path: Path, metadata: object):
    with pytest.raises(ModelFileError):
        load_model(crafted(tmp_path / "m.safetensors", metadata))


@pytest.mark.parametrize("shape", ["[Infinity]", "[1000000000000]", "[0]", "[-3]", "[]", "5"])
def test_an_impossible_example_shape_is_refused(tmp_path: Path, shape: str):
    metadata = {"format": "nnlab-model-1", "experiment": "", "classes": '["a", "b"]', "example_shape": shape}
    metadata |= {"metrics": "{}", "state": "{}"}
    with pytest.raises(ModelFileError):
        load_model(crafted(tmp_path / "m.safetensors", metadata))


@pytest.mark.parametrize(
    "model",
    [
        MLPSettings(layers=(Dense(100_000), Dense(1000), Dense(10), LAYERS["softmax"]())),
        # Few parameters, and a gigabyte of chains.
        RBMSettings(hidden=15_000, persistent=True, chains=10_000),
    ],
    ids=["parameters", "chains"],
)
def test_a_small_file_that_describes_a_huge_model_takes_little_memory(model: ModelSettings, tmp_path: Path):
    experiment = Experiment(model=model)
    metadata = {
        "format": "nnlab-model-1",
        "experiment": format_experiment(experiment),
        "classes": json.dumps(list("0123456789")),
        "example_shape": "[8, 8, 1]",
        "metrics": "{}",
        "state": "{}",
    }
    tracemalloc.start()
    with pytest.raises(ModelFileError, match="of another architecture"):
        load_model(crafted(tmp_path / "m.safetensors", metadata))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10e6


def test_a_model_too_large_for_memory_is_refused_by_its_numbers():
    with pytest.raises(NnlabError, match="parameters") as caught:
        MLPSettings(layers=(Dense(100_000), Dense(100_000), Dense(10), LAYERS["softmax"]())).build((64,), numbered(10))
    assert "500,000,000" in str(caught.value)


def test_a_model_without_parameters_is_refused():
    with pytest.raises(NnlabError, match="nothing to learn"):
        MLPSettings(layers=(LAYERS["softmax"](),)).build((2,), numbered(2))


@pytest.mark.parametrize("name", ["scaling.factor", "optimizer.velocity"])
def test_numbers_that_are_not_finite_are_refused(tmp_path: Path, name: str):
    from nnlab.experiments.experiment import load_experiment

    experiment = with_settings(load_experiment(resource("examples", "xor.toml")), ["training.epochs=1"])
    report = run_experiment(experiment, [], tmp_path, threads=1)
    from safetensors import safe_open

    with safe_open(report["model"], "numpy") as file:
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
    tensors[name] = np.full_like(tensors[name], np.nan)
    Path(report["model"]).write_bytes(save(tensors, metadata))
    with pytest.raises(ModelFileError, match="not finite"):
        load_model(Path(report["model"]))


def test_a_constant_feature_is_only_shifted():
    rng = np.random.default_rng(0)
    for constant in rng.uniform(-1000, 1000, 200):
        inputs = np.stack([np.full(50, constant), rng.normal(size=50)], axis=1).astype(np.float32)
        scaling = fit_scaling("standard", Examples(inputs, np.zeros(50, np.intp)), np.arange(50))
        assert scaling.factor[0] == 1.0


def test_a_negative_number_of_threads_is_refused():
    with pytest.raises(SettingError, match="threads"):
        set_threads(-3)


def test_a_report_that_cannot_be_written_is_one_line(tmp_path: Path):
    import subprocess
    import sys

    command = [
        sys.executable,
        "-m",
        "nnlab",
        "train",
        str(resource("examples", "xor.toml")),
        "--json",
        "--output",
        str(tmp_path),
    ]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and done.stderr.count("\n") == 1


def test_the_library_of_digits_cut_short_is_one_sentence(tmp_path: Path, monkeypatch, capsys):
    import gzip
    import importlib.util
    from types import SimpleNamespace

    data = tmp_path / "datasets" / "data"
    data.mkdir(parents=True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: SimpleNamespace(origin=str(tmp_path / "__init__.py")))
    whole = gzip.compress(b"0," * 64 + b"1\n")
    for content in (whole, whole[:-9], gzip.compress(b"1\n"), b"x"):
        (data / "digits.csv.gz").write_bytes(content)
        assert main(["train", str(resource("examples", "digits-mlp.toml")), "--output", str(tmp_path)]) == 2
        assert "digits.csv.gz" in capsys.readouterr().err
