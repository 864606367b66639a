"""A network with layers inside of layers from the command line to its file and on: the example on handwritten digits."""

import json
from itertools import islice
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import load_experiment
from nnlab.experiments.model_file import load_model, parameters_sha256, save_model
from nnlab.resources import resource

EXAMPLE = resource("examples", "digits-residual.toml")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the model and the report of a whole run."""
    folder = tmp_path_factory.mktemp("trained")
    command = ("train", str(EXAMPLE), "--threads", "1", "--json", "--output", str(folder))
    with pytest.MonkeyPatch.context() as patch, (folder / "report.json").open("w", encoding="utf-8") as report:
        patch.setattr("sys.stdout", report)
        assert main(list(command)) == 0
    return folder


def report_of(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_it_learns_to_read_digits(trained: Path):
    report = report_of(trained)
    assert report["experiment"] == "digits-residual" and report["parameters"] == 10250
    assert report["test_accuracy"] > 0.96 and report["train_accuracy"] > 0.99


def test_its_file_has_the_layers_inside_and_predicts_as_it_did(trained: Path, capsys: pytest.CaptureFixture):
    report = report_of(trained)
    model = load_model(Path(report["model"])).model
    assert parameters_sha256(model) == report["parameters_sha256"]
    assert "residual2.conv2d2.weight" in model.parameters.shapes and "residual1.batch_norm2.mean" in model.buffers.shapes
    assert main(["evaluate", report["model"], "--threads", "1", "--json"]) == 0
    evaluated = json.loads(capsys.readouterr().out)
    assert evaluated["test_accuracy"] == report["test_accuracy"]
    assert evaluated["test_loss"] == pytest.approx(report["test_loss"])


def test_opened_in_the_middle_it_ends_as_the_run_that_never_stopped(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture
):
    experiment, path = load_experiment(EXAMPLE), tmp_path / "halted.safetensors"
    halted = assemble(experiment, [])
    list(islice(halted, 307))
    save_model(path, halted, experiment, {})
    capsys.readouterr()
    assert main(["resume", str(path), "--threads", "1", "--json", "--output", str(tmp_path)]) == 0
    resumed, whole = json.loads(capsys.readouterr().out), report_of(trained)
    for figure in ("steps", "parameters_sha256", "best_epoch", "test_loss", "test_accuracy"):
        assert resumed[figure] == whole[figure]


def test_trained_on_for_more_epochs_it_goes_on_from_there(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture):
    whole = report_of(trained)
    assert main(["resume", whole["model"], "--epochs", "22", "--threads", "1", "--json", "--output", str(tmp_path)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["epochs"], report["steps"]) == (22, 22 * 41)
    assert report["test_accuracy"] > 0.96
