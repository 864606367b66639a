"""What is reported of models that predict no classes: reconstruction, the free-energy gap, and an RBM's log-likelihood."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.cli import main
from nnlab.datasets import DatasetSettings
from nnlab.datasets.digits import load_digits
from nnlab.datasets.split import spread
from nnlab.errors import NnlabError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.experiments.saved_evaluation import evaluate_model
from nnlab.models import MLPSettings
from nnlab.models.autoencoder import AutoencoderSettings
from nnlab.models.layers.activations import Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.models.layers.shape import Code
from nnlab.models.likelihood import exact_log_partition
from nnlab.models.rbm import RBM
from nnlab.models.rbm_settings import RBMSettings
from nnlab.training import TrainingSettings
from tests.sentences import assert_one_sentence

SHORT = TrainingSettings(optimizer="sgd", learning_rate=0.1, batch_size=50, epochs=4, keep="last")
MACHINE = Experiment("machine", DatasetSettings(), RBMSettings(hidden=10), SHORT)
CODER = Experiment("coder", DatasetSettings(), AutoencoderSettings((Dense(8), Code(), Dense(64), Sigmoid())), SHORT)
CLASSIFIER = Experiment("classifier", DatasetSettings(), MLPSettings((Dense(10), Softmax())), SHORT)
OF_CLASSES = {"test_accuracy", "confusion", "precision", "recall", "f1", "macro_f1", "class_names"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def reports(folder: Path) -> dict[str, dict]:
    """What training says of each."""
    return {example.name: run_experiment(example, [], folder, 1) for example in (MACHINE, CODER, CLASSIFIER)}


def digits_of_the_test() -> np.ndarray:
    return load_digits().test.inputs.astype(np.float64) / 255


@pytest.mark.parametrize("name", ["machine", "coder"])
def test_the_error_of_reconstruction_is_that_of_the_saved_model_on_the_test_examples(name: str, reports: dict, folder: Path):
    model, digits = load_model(folder / f"{name}.safetensors").model, digits_of_the_test()
    errors = (
        (model.reconstruct(digits.astype(np.float32)).reshape(len(digits), -1) - digits.reshape(len(digits), -1)) ** 2
    ).mean(axis=1)
    found = evaluate_model(folder / f"{name}.safetensors", [], threads=1)
    for report in (reports[name], found):
        assert report["test_mse"] == pytest.approx(errors.mean(), rel=1e-4)
        assert report["test_psnr"] == pytest.approx((10 * np.log10(1 / errors)).mean(), rel=1e-4)
    assert found["test_loss"] == pytest.approx(reports[name]["test_loss"])


@pytest.mark.parametrize("name", ["machine", "coder"])
def test_there_is_no_word_of_classes(name: str, reports: dict, folder: Path):
    assert reports[name]["test_accuracy"] is reports[name]["train_accuracy"] is None
    assert not OF_CLASSES & set(evaluate_model(folder / f"{name}.safetensors", [], threads=1))


def test_a_classifier_has_no_reconstruction(reports: dict, folder: Path):
    found = evaluate_model(folder / "classifier.safetensors", [], threads=1)
    assert set(found) >= OF_CLASSES
    assert not {"test_mse", "test_psnr", "free_energy_gap"} & (set(found) | set(reports["classifier"]))
    assert reports["classifier"]["test_accuracy"] < reports["classifier"]["test_top3_accuracy"] <= 1


def test_the_gap_is_the_free_energy_of_validation_less_that_of_as_many_training_examples(reports: dict, folder: Path):
    model, data = load_model(folder / "machine.safetensors").model, assemble(MACHINE, []).data
    count = len(data.split.validation)
    parts = (data.split.validation, spread(data.split.train, count))
    held, learned = (float(model.free_energy(data.learning.gather(part)[0]).astype(float).mean()) for part in parts)
    assert reports["machine"]["free_energy_gap"] == pytest.approx(held - learned, abs=1e-3)


def test_every_report_is_plain_json(reports: dict, folder: Path, capsys: pytest.CaptureFixture):
    for name, report in reports.items():
        json.dumps(report, allow_nan=False)
        capsys.readouterr()
        assert main(["evaluate", str(folder / f"{name}.safetensors"), "--json", "--threads", "1"]) == 0
        json.loads(capsys.readouterr().out, parse_constant=pytest.fail)


def test_the_log_likelihood_lies_where_the_exact_one_does(reports: dict, folder: Path):
    found = evaluate_model(folder / "machine.safetensors", [], threads=1, log_likelihood=True)
    model = load_model(folder / "machine.safetensors").model
    assert isinstance(model, RBM)
    exact = exact_log_partition(model)
    assert found["log_partition_low"] < exact < found["log_partition_high"]
    assert found["log_partition"] == pytest.approx(exact, abs=0.2)
    # Pixels are black or white by their grey: other draws than its own agree within their error.
    digits, rng = digits_of_the_test(), np.random.default_rng(5)
    drawn = [-model.free_energy((rng.random(digits.shape) < digits).astype(np.float32)).mean() - exact for _ in range(20)]
    assert found["test_log_likelihood"] == pytest.approx(np.mean(drawn), abs=5 * float(np.std(drawn, ddof=1)) + 0.2)
    # Better than pixels by chance, worse than knowing.
    assert -64 * np.log(2) < found["test_log_likelihood"] < 0


def test_the_log_likelihood_is_told_on_the_command_line(reports: dict, folder: Path, capsys: pytest.CaptureFixture):
    assert main(["evaluate", str(folder / "machine.safetensors"), "--log-likelihood", "--json", "--threads", "1"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["log_partition_low"] < found["log_partition"] < found["log_partition_high"]


def test_only_machines_with_binary_units_have_a_log_likelihood(reports: dict, folder: Path):
    gaussian = replace(MACHINE, name="gaussian", model=RBMSettings(hidden=4, visible_units="gaussian"))
    run_experiment(replace(gaussian, training=replace(SHORT, learning_rate=0.001, steps=3)), [], folder, 1)
    for name, words in {"coder": ("rbm", "autoencoder"), "gaussian": ("Bernoulli", "Gaussian")}.items():
        with pytest.raises(NnlabError) as caught:
            evaluate_model(folder / f"{name}.safetensors", [], threads=1, log_likelihood=True)
        assert_one_sentence(caught.value, *words)
