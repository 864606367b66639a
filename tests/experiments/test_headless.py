"""Training and evaluating without a window: what is reported is so, and what is saved can be used."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import DivergedError, ModelFileError, NnlabError, ShapeError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.experiment import experiment_from_table
from nnlab.experiments.file_stem import file_stem
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.measuring import measure
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.saved_evaluation import evaluate_model
from nnlab.models import MLPSettings
from nnlab.models.layers.activations import ReLU, Sigmoid, Softmax
from nnlab.models.layers.dense import Dense
from nnlab.training import evaluate
from tests.experiments.cases import SMALL
from tests.sentences import assert_one_sentence

DIVERGING = replace(
    SMALL,
    name="Diverging",
    model=MLPSettings((Dense(8), ReLU(), Dense(2)), "mean_squared_error"),
    training=replace(SMALL.training, learning_rate=1000.0, epochs=50),
)


@pytest.fixture
def report(tmp_path: Path) -> dict:
    return run_experiment(SMALL, [], tmp_path, threads=1)


def test_what_is_counted_is_so(report: dict):
    run = assemble(SMALL, [])
    steps = list(run)
    assert report["experiment"] == "Small"
    assert report["parameters"] == 2 * 5 + 5 + 5 * 2 + 2
    assert (report["epochs"], report["steps"], report["threads"]) == (2, 8, 1)
    assert report["best_epoch"] == run.best.epoch
    assert report["parameters_sha256"] == parameters_sha256(run.model)
    assert report["seconds"] > 0
    assert report["examples_per_second"] == pytest.approx(sum(step.examples for step in steps) / report["seconds"])


def test_what_is_measured_is_of_the_model_as_it_is_saved(report: dict):
    saved, run = load_model(Path(report["model"])), assemble(SMALL, [])
    parts = {
        "train": (run.data.learning, run.data.split.train),
        "validation": (run.data.learning, run.data.split.validation),
        "test": (run.data.testing, np.arange(20)),
    }
    for part, (feed, index) in parts.items():
        result = evaluate(saved.model, feed, index, saved.targets)
        assert report[f"{part}_loss"] == pytest.approx(result.loss)
        assert report[f"{part}_accuracy"] == result.score


def test_the_report_is_kept_in_the_model(report: dict):
    kept = load_model(Path(report["model"])).metrics
    assert kept == json.loads(json.dumps({name: value for name, value in report.items() if name != "model"}))


def test_the_model_lies_in_the_output_folder_under_the_experiments_name(report: dict, tmp_path: Path):
    assert Path(report["model"]) == tmp_path / "Small.safetensors"
    assert list(tmp_path.iterdir()) == [tmp_path / "Small.safetensors"]


def test_two_runs_give_the_same_bits_another_seed_gives_others(report: dict, tmp_path: Path):
    again = run_experiment(SMALL, [], tmp_path, threads=1)
    other = run_experiment(replace(SMALL, training=replace(SMALL.training, seed=1)), [], tmp_path, threads=1)
    assert report["parameters_sha256"] == again["parameters_sha256"] != other["parameters_sha256"]


def test_without_validation_there_are_no_figures_of_it(tmp_path: Path):
    report = run_experiment(replace(SMALL, dataset=replace(SMALL.dataset, validation=0.0)), [], tmp_path, 1)
    assert report["validation_loss"] is report["validation_accuracy"] is None
    assert math.isfinite(report["train_loss"])


def test_progress_is_told_after_every_step(tmp_path: Path):
    told = []
    run_experiment(SMALL, [], tmp_path, 1, lambda run, step, seconds: told.append((run.step, step.number, seconds)))
    assert [(number, step) for number, step, _ in told] == [(number, number) for number in range(1, 9)]
    assert all(earlier <= later for (_, _, earlier), (_, _, later) in pairwise(told))


def test_measuring_moves_nothing():
    run = assemble(SMALL, [])
    next(run)
    before = parameters_sha256(run.model)
    assert measure(run) == measure(run)
    assert parameters_sha256(run.model) == before


def test_evaluating_agrees_with_the_report_of_training(report: dict):
    found = evaluate_model(Path(report["model"]), [], threads=1)
    assert found["test_accuracy"] == report["test_accuracy"]
    assert found["test_loss"] == pytest.approx(report["test_loss"])
    assert (found["dataset"], found["examples"], found["class_names"]) == ("xor", 20, ["A", "B"])
    confusion = np.array(found["confusion"])
    assert confusion.sum() == 20
    assert np.trace(confusion) / 20 == found["test_accuracy"]
    np.testing.assert_allclose(found["recall"], np.diag(confusion) / confusion.sum(axis=1))


def test_evaluating_on_another_dataset_of_the_same_shape(report: dict):
    assert evaluate_model(Path(report["model"]), [], "circles", 1)["dataset"] == "circles"


@pytest.mark.parametrize(("dataset", "words"), [("digits", ("8 x 8 x 1", "10")), ("gaussians", ("in 2 classes", "in 3"))])
def test_evaluating_on_data_that_does_not_fit_is_refused(report: dict, dataset: str, words: tuple[str, ...]):
    with pytest.raises(ModelFileError) as caught:
        evaluate_model(Path(report["model"]), [], dataset, 1)
    assert_one_sentence(caught.value, "Small.safetensors", *words)


def test_evaluating_on_unknown_data_names_the_nearest(report: dict):
    with pytest.raises(NnlabError, match="did you mean 'circles'"):
        evaluate_model(Path(report["model"]), [], "circle", 1)


def test_a_diverged_run_leaves_a_model_that_can_be_opened(tmp_path: Path):
    with pytest.raises(DivergedError):
        run_experiment(DIVERGING, [], tmp_path, 1)
    saved = load_model(tmp_path / "Diverging.safetensors")
    assert np.isfinite(saved.model.parameters.values).all()
    assert saved.experiment == DIVERGING


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (MLPSettings((Dense(3), Softmax())), ("XOR (2)", "3 outputs", "2 classes", "2 units")),
        (MLPSettings((Dense(2), Sigmoid())), ("XOR (2)", "'sigmoid'", "'softmax'")),
        (MLPSettings(()), ("XOR (2)", "no layers")),
        (MLPSettings((Dense(2), ReLU(), Dense(1), Softmax())), ("XOR (2)", "layer 4 (softmax1)")),
    ],
)
def test_a_model_that_does_not_fit_the_data_says_which_data(model: MLPSettings, words: tuple[str, ...]):
    with pytest.raises(ShapeError) as caught:
        assemble(replace(SMALL, model=model), [])
    assert_one_sentence(caught.value, *words)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Small", "Small"),
        ("two words", "two-words"),
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("v1.2_final", "v1.2_final"),
        ("Übung 3", "Übung-3"),
        ("..", "experiment"),
        ("", "experiment"),
        ("\n", "experiment"),
    ],
)
def test_a_name_becomes_a_file_name(name: str, stem: str):
    assert file_stem(name) == stem


def test_of_very_many_classes_all_scores_are_told_and_no_matrix(tmp_path: Path):
    labels = np.arange(3003) % 1001
    np.savez(tmp_path / "many.npz", X=np.eye(1001, 20, dtype=np.float32)[labels] + 0.5, y=labels)
    table = {
        "name": "many",
        "dataset": {"path": str(tmp_path / "many.npz"), "scaling": "none", "test": 0.3},
        "model": {"layers": [{"kind": "dense", "units": 1001}, "softmax"]},
        "training": {"epochs": 1},
    }
    trained = run_experiment(experiment_from_table(table), [], tmp_path, 1)
    report = evaluate_model(Path(trained["model"]), [], threads=1)
    assert "confusion" not in report
    assert len(report["recall"]) == len(report["precision"]) == 1001
    assert report["test_accuracy"] == trained["test_accuracy"] == pytest.approx(report["macro_recall"])
