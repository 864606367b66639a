"""Weights of a file become a model: by the command, in a run that goes on from them, and in the store of runs."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from nnlab.cli import main
from nnlab.datasets import DatasetSettings
from nnlab.errors import DivergedError, RunStoreError, WeightsFileError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment, save_experiment
from nnlab.experiments.imports.importing import begun_from, weights_for
from nnlab.experiments.journal.divergence import first_divergence
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.replay import run_at
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.visiting import Visitor
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import load_model
from nnlab.experiments.places import runs_folder
from nnlab.models import MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingRun, TrainingSettings
from nnlab.training.events import WeightsImport
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence

MACHINE = Experiment(
    "Machine",
    DatasetSettings("digits", examples=200),
    RBMSettings(hidden=6, persistent=True, chains=5),
    TrainingSettings(epochs=2, batch_size=20),
)


def tensors_of(run: TrainingRun, seed: int = 3) -> dict[str, np.ndarray]:
    """Numbers for all parameters of its model, other than those that it drew."""
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in run.model.parameters.shapes.items()}


def weights_file(folder: Path, experiment: Experiment = SMALL, seed: int = 3) -> Path:
    path = folder / f"weights{seed}.npz"
    np.savez(path, **tensors_of(assemble(experiment, []), seed))
    return path


def begun(experiment: Experiment, path: Path) -> TrainingRun:
    """A run that begins from them."""
    run = assemble(experiment, [])
    run.restore(begun_from(run, weights_for(run.model, run.data.dataset.example_shape, path)))
    return run


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    save_experiment(SMALL, tmp_path / "small.toml")
    return tmp_path / "small.toml"


def test_the_command_writes_a_model_that_is_measured_and_goes_on(tmp_path: Path, experiment: Path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights = weights_file(tmp_path)
    assert main(["import", str(weights), str(experiment), "--threads", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == "Small.safetensors" and told["layout"] == "nnlab" and told["matched"] == "by name"
    assert [row["own"] for row in told["tensors"]] == ["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"]
    saved = load_model(tmp_path / "Small.safetensors")
    assert saved.step == 0
    for name, tensor in tensors_of(assemble(SMALL, [])).items():
        np.testing.assert_array_equal(saved.model.parameters.view(name), tensor)
    (event,) = saved.checkpoint.events
    assert isinstance(event, WeightsImport) and event.file == "weights3.npz" and len(event.sha256) == 64
    assert main(["evaluate", "Small.safetensors", "--threads", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["test_loss"] == pytest.approx(told["test_loss"])
    assert main(["resume", "Small.safetensors", "--threads", "1", "--json"]) == 0
    run = begun(SMALL, weights)
    list(run)
    resumed = json.loads(capsys.readouterr().out)
    assert resumed["steps"] == run.step and resumed["test_loss"] != told["test_loss"]
    np.testing.assert_array_equal(
        load_model(tmp_path / "Small.safetensors").model.parameters.values, run.model.parameters.values
    )


def test_what_does_not_fit_is_shown_as_a_table_of_both_and_nothing_is_written(tmp_path, experiment, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(tmp_path / "other.npz", **{"a/kernel": np.zeros((2, 7)), "a/bias": np.zeros(7), "b/kernel": np.zeros((5, 2))})
    assert main(["import", "other.npz", str(experiment), "--threads", "1"]) == 2
    out, err = capsys.readouterr()
    lines = [" ".join(line.split()) for line in out.splitlines()]
    assert lines[0] == "model shape file shape"
    assert "dense1.weight 2 x 5 a/kernel 2 x 7 expected 2 x 5" in lines
    assert "other.npz: 2 of 4 tensors do not fit the model (dense1.weight: expected 2 x 5)" in err
    assert not (tmp_path / "Small.safetensors").exists()
    assert main(["import", "other.npz", str(experiment), "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert "problem" in told and {row["fits"] for row in told["tensors"]} == {True, False}


def test_other_kinds_of_numbers_are_converted_and_that_is_said(tmp_path: Path):
    run = assemble(SMALL, [])
    tensors = tensors_of(run)
    half = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    double = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    for kind, content in (("float16", half), ("float64", double)):
        np.savez(tmp_path / f"{kind}.npz", **content)
        weights = weights_for(run.model, (2,), tmp_path / f"{kind}.npz")
        assert {row.words for row in weights.compared.rows} == {f"from {kind}"}
        numbers = begun_from(run, weights).numbers.parameters
        np.testing.assert_allclose(numbers, begun(SMALL, weights_file(tmp_path)).model.parameters.values, atol=1e-3)


def test_a_model_of_nnlab_gives_its_weights_to_another_experiment(tmp_path: Path, experiment: Path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(experiment), "--threads", "1", "--json"]) == 0
    trained = load_model(tmp_path / "Small.safetensors")
    words = ["--set", "training.learning_rate=0.001", "--output", "again.safetensors", "--json", "--threads", "1"]
    capsys.readouterr()
    assert main(["import", "Small.safetensors", str(experiment), *words]) == 0
    again = load_model(tmp_path / "again.safetensors")
    assert (again.step, again.experiment.training.learning_rate) == (0, 0.001)
    np.testing.assert_array_equal(again.model.parameters.values, trained.model.parameters.values)


def test_a_machine_keeps_the_biases_that_it_was_given_and_draws_its_chains(tmp_path: Path):
    run = begun(MACHINE, weights_file(tmp_path, MACHINE))
    given = run.model.visible_bias.copy()
    assert 0 < run.model.buffers.values.mean() < 1
    before = run.model.buffers.values.copy()
    run.settings = replace(run.settings, learning_rate=1e-30)
    next(run)
    np.testing.assert_array_equal(run.model.visible_bias, given)
    assert not np.array_equal(run.model.buffers.values, before)


def test_a_run_that_diverges_still_tells_where_its_weights_came_from(tmp_path: Path):
    training = replace(SMALL.training, learning_rate=1000.0, optimizer="sgd", epochs=50)
    wild = replace(SMALL, model=MLPSettings((Dense(2),), "mean_squared_error"), training=training)
    run = begun(wild, weights_file(tmp_path, wild))
    before = run.model.parameters.values.copy()
    with pytest.raises(DivergedError):
        list(run)
    assert [event.file for event in run.events if isinstance(event, WeightsImport)] == ["weights3.npz"]
    assert run.step or np.array_equal(run.model.parameters.values, before)


def test_tied_weights_may_stand_in_the_file_once_or_twice_but_not_differ(tmp_path: Path):
    tied = replace(MACHINE, model=AutoencoderSettings((Dense(3), Code(), Dense(64), Sigmoid()), tied=True))
    weight, biases = np.arange(192, dtype=np.float32).reshape(64, 3), [np.ones(3, np.float32), np.ones(64, np.float32)]
    once = {"a.kernel": weight, "a.bias": biases[0], "b.bias": biases[1]}
    for name, tensors in (
        ("once", once),
        ("twice", once | {"b.kernel": weight.T}),
        ("other", once | {"b.kernel": -weight.T}),
    ):
        np.savez(tmp_path / f"{name}.npz", **tensors)
    for name in ("once", "twice"):
        run = begun(tied, tmp_path / f"{name}.npz")
        np.testing.assert_array_equal(run.model.parameters.view("dense1.weight"), weight)
    with pytest.raises(WeightsFileError) as caught:
        begun(tied, tmp_path / "other.npz")
    assert_one_sentence(caught.value, "other.npz: dense2.weight is not the transpose of dense1.weight", "model.tied = false")


@pytest.mark.parametrize("is_npz", [True, False], ids=["npz", "safetensors"])
@pytest.mark.parametrize("is_gone", [True, False], ids=["gone", "cut"])
def test_a_file_that_changes_before_its_numbers_are_read_is_told_of(is_gone: bool, is_npz: bool, tmp_path: Path):
    run, path = assemble(SMALL, []), tmp_path / "w"
    if is_npz:
        with path.open("wb") as file:
            np.savez(file, **tensors_of(run))
    else:
        save_file({name: tensor.T.copy() for name, tensor in tensors_of(run).items()}, path)
    weights = weights_for(run.model, (2,), path)
    if is_gone:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(WeightsFileError) as caught:
        begun_from(run, weights)
    assert_one_sentence(caught.value, "w")


def kept(experiment: Experiment, run: TrainingRun, steps: int) -> None:
    """The run in the store of runs, after so many steps."""
    writer = JournalWriter(runs_folder(), pytest.fail)
    recorder = Recorder(writer, run, experiment)
    for step in islice(run, steps):
        recorder.add(step, 0.0)
    recorder.record(1.0, is_left=True)
    writer.close()


@pytest.mark.parametrize("experiment", [SMALL, MACHINE], ids=lambda experiment: experiment.name)
def test_every_step_of_such_a_run_is_had_again_from_the_store(experiment: Experiment, tmp_path: Path):
    path = weights_file(tmp_path, experiment)
    kept(experiment, begun(experiment, path), 6)
    store, _ = open_store(runs_folder())
    visitor = Visitor(store, 1)
    for step in (0, 4, 2, 6, 0, 1):
        wanted = begun(experiment, path)
        list(islice(wanted, step))
        for standing in (visitor.at(step), run_at(store, store.run(1), step, [])):
            np.testing.assert_array_equal(standing.run.model.parameters.values, wanted.model.parameters.values)
            assert standing.run.step == step
    store.close()


def test_without_its_first_snapshot_it_is_not_made_up_from_the_seed(tmp_path: Path):
    kept(SMALL, begun(SMALL, weights_file(tmp_path)), 6)
    store, _ = open_store(runs_folder())
    store.snapshot_path(1, 0).unlink()
    with pytest.raises(RunStoreError) as caught:
        run_at(store, store.run(1), 2, [])
    assert_one_sentence(caught.value, "run 1 cannot be gone back into at step 2")
    with pytest.raises(RunStoreError):
        Visitor(store, 1).at(2)
    store.close()


def test_two_runs_part_from_the_start_where_one_has_weights_of_its_own(tmp_path: Path):
    kept(SMALL, assemble(SMALL, []), 3)
    kept(SMALL, begun(SMALL, weights_file(tmp_path)), 3)
    store, _ = open_store(runs_folder())
    found = first_divergence(store, 1, 2)
    store.close()
    assert found.step == 0 and found.reasons == ("run 2 begins with weights out of weights3.npz",)


def test_half_of_an_autoencoder_is_not_enough(tmp_path: Path):
    bad = AutoencoderSettings((Dense(3), Code(), Dense(64), Sigmoid()))
    experiment = replace(MACHINE, model=bad)
    path = tmp_path / "w.safetensors"
    save_file({"e.weight": np.zeros((3, 64), np.float32), "e.bias": np.zeros(3, np.float32)}, path)
    run = assemble(experiment, [])
    weights = weights_for(run.model, (8, 8, 1), path)
    assert "2 of 4 tensors do not fit" in weights.problem
    with pytest.raises(WeightsFileError):
        begun_from(run, weights)
