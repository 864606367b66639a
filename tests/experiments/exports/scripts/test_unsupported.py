"""What a NumPy script cannot have is named in a sentence, with what it can; nothing is silently left out."""

import importlib
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.datasets import DatasetSettings
from nnlab.datasets.scaling import SCALINGS
from nnlab.errors import SaveError, UnsupportedExportError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.exports import Source, written
from nnlab.experiments.exports.scripts import numpy_layers, numpy_models, sources
from nnlab.experiments.model_file import save_model
from nnlab.models.initializers import INITIALIZERS
from nnlab.models.optimizers import OPTIMIZERS, SGD
from nnlab.models.regularizers import L2, PENALTIES
from nnlab.models.schedules import SCHEDULES, Constant
from nnlab.resources import resource
from nnlab.training import TrainingSettings
from tests.experiments.exports.scripts.trained_alike import module_of, script_of

XOR = resource("examples", "xor.toml")


@dataclass(frozen=True)
class Lion(SGD):
    """A rule that came later."""


@dataclass(frozen=True)
class Stairs(Constant):
    """A schedule that came later."""


@dataclass(frozen=True)
class L3(L2):
    """A penalty that came later."""


LATER = {
    "optimizer": (OPTIMIZERS, "lion", Lion, "it has adagrad, adam, adamw, momentum, nesterov, rmsprop, sgd"),
    "schedule": (SCHEDULES, "stairs", Stairs, "it has constant, cosine, exponential, plateau, step"),
    "penalty": (PENALTIES, "l3", L3, "it has none, l1, l2, elastic_net"),
}


@pytest.mark.parametrize("choice", LATER)
def test_a_kind_that_came_later_is_named_with_what_there_is(choice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kinds, name, kind, known = LATER[choice]
    monkeypatch.setitem(kinds, name, kind)
    experiment = with_settings(load_experiment(XOR), [f"training.{choice}={name}"])
    with pytest.raises(UnsupportedExportError, match=f"training.{choice}: the NumPy script has no {name}; {known}"):
        script_of(experiment, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_kind_of_model_that_came_later_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(numpy_models.NUMPY_MODELS, "mlp")
    with pytest.raises(UnsupportedExportError, match=r"model\.kind: the NumPy script has no mlp; it has cnn, "):
        script_of(load_experiment(XOR), tmp_path)


def test_data_too_large_to_lie_beside_a_script_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sources, "_MOST_BYTES", 1000)
    with pytest.raises(UnsupportedExportError, match=r"the data takes 0\.0 GB, .* set dataset\.examples"):
        script_of(load_experiment(resource("examples", "digits-mlp.toml")), tmp_path)


def test_every_setting_of_data_and_training_is_known_to_scripts():
    """A new one is to be written into constants.py and the pieces, or named where it is not supported."""
    training = "optimizer learning_rate schedule warmup batching batch_size shuffle epochs steps penalty clip_norm"
    assert {entry.name for entry in fields(TrainingSettings)} == {*training.split(), "patience", "keep", "stop_when", "seed"}
    data = "source encoder layout classes examples seed flip_horizontal flip_vertical shift rotation jitter"
    assert {entry.name for entry in fields(DatasetSettings)} == {*data.split(), "validation", "scaling", "label_noise"}
    assert set(SCALINGS) == {"unit", "symmetric", "standard", "none"}
    assert {*INITIALIZERS} == {*numpy_layers._INITIALIZERS, "normal"}


def test_breakpoints_change_no_number_and_their_absence_is_told(tmp_path: Path):
    stops = with_settings(load_experiment(XOR), ['training.stop_when={ kind = "score", value = 0.9 }'])
    assert "The experiment's breakpoints are left out: this trains to its end." in script_of(stops, tmp_path).read_text()


def test_what_was_done_to_a_model_by_hand_is_said_to_be_left_out(tmp_path: Path):
    experiment = load_experiment(XOR)
    run = assemble(experiment, ())
    next(run)
    source = Source(experiment, (), model=tmp_path / "model.safetensors")
    save_model(tmp_path / "model.safetensors", run, experiment, {})
    written(source, "numpy", tmp_path / "before.py")
    run.settings = replace(run.settings, learning_rate=0.3)
    save_model(tmp_path / "model.safetensors", run, experiment, {})
    written(source, "numpy", tmp_path / "after.py")
    told = [
        "What was done to model.safetensors by hand" in (tmp_path / f"{name}.py").read_text() for name in ("before", "after")
    ]
    assert told == [False, True]


@pytest.mark.parametrize("name", ['He said """no"""', "back\\slash\\u", "ümläut 漢字", "a\tb", "x" * 300])
def test_whatever_an_experiment_is_called_its_script_is_a_script(name: str, tmp_path: Path):
    module = module_of(script_of(replace(load_experiment(XOR), name=name), tmp_path))
    assert module.__doc__.splitlines()[0]


def test_a_script_and_what_lies_beside_it_have_one_name(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    digits = str(resource("examples", "digits-mlp.toml"))
    assert main(["export", digits, "--to", "numpy"]) == 0
    assert main(["export", digits, "--to", "numpy", "--set", "dataset.examples=50", "--output", "few.py"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["digits-mlp.npz", "digits-mlp.py", "few.npz", "few.py"]
    counts = [len(module_of(tmp_path / name).load_data(tmp_path).learning.inputs) for name in ("digits-mlp.py", "few.py")]
    assert counts == [1299, 50]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path):
    with pytest.raises(SaveError, match="nowhere"):
        script_of(load_experiment(XOR), tmp_path / "nowhere")


def test_a_script_without_its_data_says_what_is_missing(tmp_path: Path):
    module = module_of(script_of(load_experiment(resource("examples", "digits-mlp.toml")), tmp_path))
    (tmp_path / "script.npz").unlink()
    with pytest.raises(SystemExit, match=r"script\.npz is missing; it was written with this script"):
        module.load_data(tmp_path)


def test_a_script_that_is_given_another_folder_names_the_file(real_data: Path, tmp_path: Path):
    module = module_of(script_of(load_experiment(resource("examples", "mnist-mlp.toml")), tmp_path, [real_data]))
    with pytest.raises(SystemExit, match="train-images-idx3-ubyte is missing, raw or gzipped"):
        module.load_data(tmp_path)


@pytest.mark.parametrize("content", [b"", b"<html>no such page</html>", b"\0\0\x08\x03\0\0\0\x09\0\0\0\x02\0\0\0\x02\1"])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_damaged_file_of_data_is_told(content: bytes, ending: str, tmp_path: Path):
    read_idx = importlib.import_module("nnlab.experiments.exports.scripts.pieces.sources.idx").read_idx
    path = tmp_path / "train-images-idx3-ubyte"
    path.with_name(f"{path.name}{ending}").write_bytes(content)
    with pytest.raises(SystemExit, match="train-images-idx3-ubyte is damaged; download it again"):
        read_idx(path)
