"""The ONNX files of real models: written by the command, checked against nnlab on real examples, told of."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from nnlab import optional
from nnlab.cli import main
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment, with_settings
from nnlab.experiments.exports.onnx import checking
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import save_model
from nnlab.experiments.prediction import predict_file
from nnlab.resources import example_files, resource
from tests.experiments.cases import SMALL

pytestmark = pytest.mark.peers
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
from tests.experiments.exports.onnx.runtime import model_of, run  # noqa: E402

EXAMPLES = {path.stem: path for path in example_files()}
# The latent machine learns on the codes of this one.
ENCODER = "mnist-autoencoder"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


def trained(name: str, folder: Path, data: Path) -> Path:
    """The example's model after three steps, on a few of the examples."""
    experiment = load_experiment(EXAMPLES[name])
    if experiment.dataset.encoder and not (folder / f"{ENCODER}.safetensors").exists():
        trained(ENCODER, folder, data)
    few = with_settings(experiment, ["dataset.examples=500", "training.batch_size=50"])
    run, path = assemble(few, [data, folder]), folder / f"{name}.safetensors"
    list(islice(run, 3))
    # Measured it is not: that takes longer than to learn so little.
    save_model(path, run, few, {})
    return path


def exported(capsys: pytest.CaptureFixture, *words: object) -> dict:
    assert main(["export", *map(str, words), "--to", "onnx", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_answers_the_same(name: str, folder: Path, real_data: Path, capsys: pytest.CaptureFixture):
    model, output = trained(name, folder, real_data), folder / f"{name}.onnx"
    told = exported(capsys, model, "--output", output, "--data", real_data)
    assert told["largest_difference"] < 1e-5 and "caution" not in told
    assert told["checked_on"].endswith("test examples") and not told["checked_on"].startswith("made")
    halves = {"encoder", "decoder"} if {"code", "reconstruction"} <= set(told["differences"]) else set()
    assert {part for part in ("encoder", "decoder") if part in told} == halves
    assert all(Path(told[part]).exists() for part in halves)


def test_a_table_goes_in_as_it_is_and_predictions_are_those_of_nnlab_predict(tmp_path: Path, capsys: pytest.CaptureFixture):
    rng = np.random.default_rng(0)
    rows = rng.normal(1e5, 3e4, (60, 3))
    lines = [f"{place},{a:.3f},{b:.3f},{'big' if a > b else 'small'},{c:.3f}" for place, (a, b, c) in enumerate(rows)]
    table = tmp_path / "houses.csv"
    table.write_text("\n".join(["id,width,depth,kind,age", *lines]) + "\n")
    settings = [f"dataset.source.path={table}", "dataset.source.label=kind", "training.epochs=3"]
    experiment = with_settings(load_experiment(resource("examples", "xor.toml")), settings)
    run_experiment(replace(experiment, name="houses"), [], tmp_path, 1)
    predict_file(tmp_path / "houses.safetensors", table, tmp_path / "told.csv", [], 1)
    told = exported(capsys, tmp_path / "houses.safetensors", "--output", tmp_path / "houses.onnx")
    assert told["largest_difference"] < 1e-5
    content = (tmp_path / "houses.onnx").read_bytes()
    facts = {entry.key: entry.value for entry in model_of(content).metadata_props}
    columns = json.loads(facts["columns"])
    assert columns == [{"name": "width", "place": 2}, {"name": "depth", "place": 3}, {"name": "age", "place": 5}]
    read = np.genfromtxt(table, delimiter=",", skip_header=1, usecols=[column["place"] - 1 for column in columns])
    door = model_of(content).graph.input[0].type.tensor_type.elem_type
    labels = run(content, read.astype(np.float64 if door == 11 else np.float32))["label"]
    names = json.loads(facts["classes"])
    assert [names[label] for label in labels] == [
        line.split(",")[1] for line in (tmp_path / "told.csv").read_text().split()[1:]
    ]


def test_a_run_of_the_store_is_written_as_its_model_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(resource("examples", "xor.toml")), "--set", "training.epochs=2", "--threads", "1"]) == 0
    capsys.readouterr()
    of_file, of_run = exported(capsys, "xor.safetensors"), exported(capsys, "1", "--output", "run.onnx")
    assert of_file["differences"] == of_run["differences"]
    assert Path("xor.onnx").read_bytes() == Path("run.onnx").read_bytes()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    run_experiment(SMALL, [], tmp_path, 1)
    return tmp_path / "Small.safetensors"


def test_without_the_runtime_it_is_written_and_said_that_nobody_checked(small: Path, monkeypatch, capsys):
    honest = optional.is_installed
    monkeypatch.setattr(optional, "is_installed", lambda name: name != "onnxruntime" and honest(name))
    told = exported(capsys, small, "--output", small.with_suffix(".onnx"))
    assert told["not_checked"] == "ONNX Runtime is not installed; pip install onnxruntime"
    assert small.with_suffix(".onnx").exists() and "largest_difference" not in told


def test_without_the_package_nothing_is_written_and_the_line_that_installs_it_is_said(small: Path, monkeypatch, capsys):
    monkeypatch.setattr(optional, "is_installed", lambda name: False)
    output = small.with_suffix(".onnx")
    assert main(["export", str(small), "--to", "onnx", "--output", str(output)]) == 2
    assert capsys.readouterr().err.strip() == "nnlab: ONNX is not installed; pip install onnx"
    assert not output.exists()


def test_data_that_is_not_at_hand_is_made_up_and_that_is_said(real_data: Path, tmp_path: Path, no_data, capsys):
    model = trained("mnist-mlp", tmp_path, real_data)
    told = exported(capsys, model, "--output", tmp_path / "m.onnx", "--data", tmp_path)
    assert told["checked_on"] == "made-up examples, for the data is not at hand"
    assert told["largest_difference"] < 1e-5


def test_what_answers_otherwise_is_told(small: Path, monkeypatch, capsys):
    honest = checking.Trained.fed
    monkeypatch.setattr(checking.Trained, "fed", lambda self, raw: honest(self, raw) * 1.01)
    told = exported(capsys, small, "--output", small.with_suffix(".onnx"))
    assert told["largest_difference"] > 1e-5 and "the answers differ by more than 1e-05" in told["caution"]


def test_an_unwritable_place_is_said_and_leaves_nothing(small: Path, capsys):
    assert main(["export", str(small), "--to", "onnx", "--output", str(small / "there" / "m.onnx")]) == 2
    assert "not saved" in capsys.readouterr().err
