"""A person's own files in experiments: the same numbers in another kind of file train the same model, bit for bit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.datasets.files import FileSource
from nnlab.datasets.idx import read_idx
from nnlab.errors import DatasetError, ShapeError
from nnlab.experiments.experiment import Experiment, format_experiment, load_experiment, parse_experiment, with_settings
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.resources import example_files
from tests.datasets.idx_files import write_idx
from tests.datasets.own_files import kaggle_header, write_csv

pytestmark = pytest.mark.slow

EXAMPLES = {path.stem: path for path in example_files()}
TRAIN, TEST = 2000, 300
PARTS = (("train", TRAIN), ("t10k", TEST))


@pytest.fixture(scope="module", params=["mnist", "fashion-mnist"])
def folder(request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first examples of a published dataset as IDX, as its Kaggle CSV, and in other kinds of files."""
    source, folder = real_data / request.param, tmp_path_factory.mktemp(request.param)
    if not source.is_dir():
        pytest.skip(f"{request.param}/ is not in the data folder")
    arrays = {}
    for part, count in PARTS:
        images, labels = (
            read_idx(next(source.glob(f"{part}-{kind}*")), axes)[:count] for kind, axes in (("images", 3), ("labels", 1))
        )
        write_idx(folder / "idx" / f"{part}-images-idx3-ubyte", images)
        write_idx(folder / "idx" / f"{part}-labels-idx1-ubyte", labels)
        write_idx(folder / "gz" / f"{part}-images-idx3-ubyte.gz", images, zipped=True)
        write_idx(folder / "gz" / f"{part}-labels-idx1-ubyte.gz", labels, zipped=True)
        rows, column = images.reshape(count, 784), labels[:, None]
        # digit-recognizer counts its pixels from 0, Kaggle's Fashion-MNIST from 1.
        header = kaggle_header(784, first=int(request.param != "mnist"))
        write_csv(folder / f"{part}-kaggle.csv", np.hstack([column, rows]), header)
        write_csv(folder / f"{part}-plain.csv", np.hstack([column, rows]), end="\r\n")
        write_csv(folder / f"{part}-last.csv", np.hstack([rows, column]), [*header[1:], "label"])
        write_csv(folder / f"{part}-unlabelled.csv", rows, header[1:])
        name = "test" if part == "t10k" else part
        arrays |= {f"x_{name}": images / 255, f"y_{name}": labels}
        np.save(folder / f"x_{name}.npy", images)
        np.save(folder / f"y_{name}.npy", labels)
    np.savez(folder / "all.npz", **arrays)
    return folder


def trained(experiment: Experiment, path: Path, output: Path, **settings) -> dict:
    """The report of a few steps on the data at a path."""
    output.mkdir(exist_ok=True)
    chosen = replace(experiment.dataset, source=FileSource(path=str(path), **settings))
    return run_experiment(replace(experiment, dataset=chosen), [], output, 1)


@pytest.fixture(scope="module")
def recipe() -> Experiment:
    """A few steps of mini-batches."""
    return with_settings(load_experiment(EXAMPLES["mnist-mlp"]), ["training.steps=12"])


FORMS = {
    "Kaggle CSV": ("train-kaggle.csv", "t10k-kaggle.csv"),
    "CSV without a header": ("train-plain.csv", "t10k-plain.csv"),
    "CSV with the label last": ("train-last.csv", "t10k-last.csv"),
    "gzipped IDX": ("gz", ""),
    "IDX file": ("idx/train-images-idx3-ubyte", ""),
    "npy": ("x_train.npy", ""),
    "npz of floats": ("all.npz", ""),
}
DECIDED = ("parameters_sha256", "train_loss", "validation_loss", "test_loss", "test_accuracy", "train_accuracy")


def test_the_same_numbers_in_any_kind_of_file_train_the_same_model(folder: Path, recipe: Experiment, tmp_path: Path):
    expected = trained(recipe, folder / "idx", tmp_path)
    assert expected["test_accuracy"] > 0.3
    for schema, (train, test) in FORMS.items():
        settings = {"test_path": str(folder / test)} if test else {}
        # Read for the first time, then from the cache.
        for _ in range(2):
            found = trained(recipe, folder / train, tmp_path, **settings)
            assert {name: found[name] for name in DECIDED} == {name: expected[name] for name in DECIDED}, schema


def test_the_published_files_are_the_same_by_name_and_by_path(real_data: Path, recipe: Experiment, tmp_path: Path):
    by_path = trained(recipe, real_data / "mnist", tmp_path)
    by_name = run_experiment(recipe, [real_data], tmp_path, 1)
    assert {name: by_path[name] for name in DECIDED} == {name: by_name[name] for name in DECIDED}


def test_the_full_batch_recipe_runs_from_its_own_kaggle_file(folder: Path, tmp_path: Path):
    recipe = with_settings(load_experiment(EXAMPLES["kaggle-mlp-full-batch"]), ["training.epochs=3"])
    from_csv = trained(recipe, folder / "train-kaggle.csv", tmp_path, test=0.0)
    from_idx = trained(recipe, folder / "idx" / "train-images-idx3-ubyte", tmp_path)
    assert from_csv["parameters_sha256"] == from_idx["parameters_sha256"]
    assert from_csv["validation_loss"] == from_idx["validation_loss"]
    assert from_csv["test_loss"] is None


@pytest.mark.parametrize("name", ["mnist-cnn", "mnist-autoencoder", "mnist-rbm"])
def test_other_models_learn_from_csv_too(folder: Path, tmp_path: Path, name: str):
    recipe = with_settings(load_experiment(EXAMPLES[name]), ["training.steps=2"])
    from_csv = trained(recipe, folder / "train-kaggle.csv", tmp_path, test_path=str(folder / "t10k-kaggle.csv"))
    from_idx = trained(recipe, folder / "idx", tmp_path)
    assert from_csv["parameters_sha256"] == from_idx["parameters_sha256"]


@pytest.mark.parametrize("name", ["mnist-autoencoder", "mnist-rbm", "mnist-deep-autoencoder"])
def test_what_needs_no_labels_learns_without(folder: Path, tmp_path: Path, name: str):
    recipe = with_settings(load_experiment(EXAMPLES[name]), ["training.steps=2"])
    report = trained(recipe, folder / "train-unlabelled.csv", tmp_path)
    assert report["train_accuracy"] is None
    assert np.isfinite(report["test_loss"])
    assert load_model(Path(report["model"])).class_names == ()


def test_a_classifier_without_labels_is_one_sentence(folder: Path, recipe: Experiment, tmp_path: Path):
    with pytest.raises(ShapeError) as caught:
        trained(recipe, folder / "train-unlabelled.csv", tmp_path)
    assert "0 classes" in str(caught.value) or "labels" in str(caught.value)


def test_an_experiment_may_name_a_path_alone(tmp_path: Path):
    experiment = parse_experiment('[dataset]\npath = "some.csv"\n')
    assert experiment.dataset.source.name == "file"
    assert parse_experiment(format_experiment(experiment)) == experiment


def test_a_file_near_the_experiment_is_found(tmp_path: Path):
    write_csv(tmp_path / "some.csv", [[0.5, 1, "a"], [1.5, 2, "b"]], ["x", "y", "label"])
    dataset = load_dataset(DatasetSettings({"kind": "file", "path": "some.csv", "test": 0.0}), [tmp_path])
    assert (dataset.title, dataset.class_names) == ("some.csv", ("a", "b"))


def test_nothing_is_left_of_a_file_that_is_wrong(folder: Path, recipe: Experiment, tmp_path: Path):
    content = (folder / "train-kaggle.csv").read_bytes().splitlines()
    (tmp_path / "wrong.csv").write_bytes(b"\n".join([*content[:1500], content[1500].replace(b",0", b",256", 1)]))
    with pytest.raises(DatasetError, match=r"wrong.csv: row 1,501, column 2 \(pixel[01]\): '256' is no pixel"):
        trained(recipe, tmp_path / "wrong.csv", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.csv"]
