"""`nnlab predict` as a function: files in the form of Kaggle's competitions in, a submission out."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nnlab.datasets import DatasetSettings, load_dataset
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import experiment_from_table
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.experiments.prediction import predict_file
from nnlab.training.data import Feed
from tests.datasets.idx_files import write_idx
from tests.sentences import assert_one_sentence

LAYERS = [{"kind": "dense", "units": 16}, "relu", {"kind": "dense", "units": 10}, "softmax"]


def write_csv(path: Path, inputs: np.ndarray, labels: np.ndarray | None = None) -> Path:
    """Digits as Kaggle writes them: a header, pixels, and the label first where there is one."""
    flat = inputs.reshape(len(inputs), -1)
    names = [f"pixel{place}" for place in range(flat.shape[1])]
    table = flat if labels is None else np.column_stack([labels, flat])
    header = ",".join(names if labels is None else ["label", *names])
    np.savetxt(path, table, fmt="%d", delimiter=",", header=header, comments="")
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    experiment = experiment_from_table(
        {
            "name": "digits",
            "dataset": {"name": "digits", "scaling": "standard"},
            "model": {"kind": "mlp", "layers": LAYERS},
            "training": {"epochs": 3},
        }
    )
    return Path(run_experiment(experiment, [], tmp_path_factory.mktemp("model"), 1)["model"])


def expected(model: Path) -> list[str]:
    """What the model calls the test digits, computed without a file."""
    saved, test = load_model(model), load_dataset(DatasetSettings()).test
    inputs, _ = Feed(test, saved.scaling).gather(np.arange(len(test)))
    return [saved.class_names[place] for place in saved.model.predict(inputs).argmax(axis=1)]


def read(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(newline="") as lines:
        header, *rows = csv.reader(lines)
    return header, rows


@pytest.mark.parametrize("labelled", [False, True], ids=["pixels alone", "with labels"])
def test_a_csv_gives_a_submission(model: Path, tmp_path: Path, labelled: bool):
    test = load_dataset(DatasetSettings()).test
    given = write_csv(tmp_path / "test.csv", test.inputs, test.labels if labelled else None)
    report = predict_file(model, given, tmp_path / "out.csv", [], 1)
    header, rows = read(tmp_path / "out.csv")
    assert header == ["ImageId", "Label"]
    assert [row[0] for row in rows] == [str(number) for number in range(1, len(test) + 1)]
    assert [row[1] for row in rows] == expected(model)
    assert report["examples"] == len(test) == sum(report["predicted"].values())


def test_an_array_of_pictures_is_as_good_as_a_table(model: Path, tmp_path: Path):
    np.save(tmp_path / "pictures.npy", load_dataset(DatasetSettings()).test.inputs[..., 0])
    predict_file(model, tmp_path / "pictures.npy", tmp_path / "out.csv", [], 1)
    assert [row[1] for row in read(tmp_path / "out.csv")[1]] == expected(model)


@pytest.mark.parametrize(
    ("columns", "words"),
    [(63, ("63", "8 x 8")), (66, ("66", "8 x 8"))],
)
def test_columns_missing_or_too_many_are_told(model: Path, tmp_path: Path, columns: int, words: tuple[str, ...]):
    given = write_csv(tmp_path / "test.csv", np.zeros((3, columns), np.uint8))
    with pytest.raises(NnlabError) as caught:
        predict_file(model, given, tmp_path / "out.csv", [], 1)
    assert_one_sentence(caught.value)
    assert all(word in str(caught.value) for word in ("test.csv", *words))
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_is_not_there_is_told_and_an_old_submission_stays(model: Path, tmp_path: Path):
    (tmp_path / "out.csv").write_text("precious")
    with pytest.raises(NnlabError, match=r"nowhere\.csv"):
        predict_file(model, tmp_path / "nowhere.csv", tmp_path / "out.csv", [], 1)
    assert (tmp_path / "out.csv").read_text() == "precious"


def test_a_model_without_classes_predicts_none(tmp_path: Path):
    experiment = experiment_from_table({"model": {"kind": "rbm", "hidden": 4}, "training": {"steps": 2}})
    rbm = Path(run_experiment(experiment, [], tmp_path, 1)["model"])
    given = write_csv(tmp_path / "test.csv", load_dataset(DatasetSettings()).test.inputs)
    with pytest.raises(NnlabError, match="rbm predicts no classes"):
        predict_file(rbm, given, tmp_path / "out.csv", [], 1)


def test_a_class_that_a_spreadsheet_would_run_is_written_as_a_text(tmp_path: Path):
    formula = '=HYPERLINK("http://x")'
    data = tmp_path / "data.csv"
    with data.open("w", newline="") as file:
        csv.writer(file).writerows([("x", "y", "class"), *((1, row % 7, formula) for row in range(40))])
        csv.writer(file).writerows((0, row % 7, "-cat") for row in range(40))
    table = {
        "dataset": {"path": str(data), "scaling": "standard"},
        "model": {"layers": [{"kind": "dense", "units": 2}, "softmax"]},
        "training": {"steps": 200, "learning_rate": 0.1},
    }
    trained = Path(run_experiment(experiment_from_table(table), [], tmp_path, 1)["model"])
    report = predict_file(trained, data, tmp_path / "out.csv", [], 1)
    assert {row[1] for row in read(tmp_path / "out.csv")[1]} == {f"'{formula}", "'-cat"}
    # A program reads names as they are.
    assert set(report["predicted"]) == {formula, "-cat"}


def write_pictures(folder: Path, names: list[str]) -> Path:
    test = load_dataset(DatasetSettings()).test.inputs
    for name, pixels in zip(names, test, strict=False):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[..., 0]).save(folder / name)
    return folder


@pytest.mark.parametrize(
    "names",
    [["1.png", "2.png", "=10.png"], ["a/1.png", "a/2.png", "b/x/3.png"], ["train/0/9.png", "test/1.png", "test/2.png"]],
    ids=["flat", "nested", "with a part to learn from"],
)
def test_pictures_without_labels_are_told_by_their_files(model: Path, tmp_path: Path, names: list[str]):
    given = write_pictures(tmp_path / "given", names)
    predict_file(model, given, tmp_path / "out.csv", [], 1)
    header, rows = read(tmp_path / "out.csv")
    answers = dict(zip(names, expected(model), strict=False))
    wanted = [name for name in names if not name.startswith("train")]
    assert header == ["File", "Label"]
    assert sorted(rows) == sorted([f"'{name}" if name.startswith("=") else name, answers[name]] for name in wanted)


def test_a_lone_idx_file_needs_no_labels(model: Path, tmp_path: Path):
    inputs = load_dataset(DatasetSettings()).test.inputs[..., 0]
    header = b"\0\0\x08\x03" + np.array(inputs.shape, ">u4").tobytes()
    (tmp_path / "mine-images-idx3-ubyte").write_bytes(header + inputs.tobytes())
    predict_file(model, tmp_path / "mine-images-idx3-ubyte", tmp_path / "out.csv", [], 1)
    assert [row[1] for row in read(tmp_path / "out.csv")[1]] == expected(model)


@pytest.mark.parametrize("label", [None, -1, np.nan])
def test_arrays_need_no_labels(model: Path, tmp_path: Path, label: float | None):
    inputs = load_dataset(DatasetSettings()).test.inputs[..., 0]
    labels = {} if label is None else {"y": np.full(len(inputs), label)}
    np.savez(tmp_path / "a.npz", x=inputs, **labels)
    predict_file(model, tmp_path / "a.npz", tmp_path / "out.csv", [], 1)
    header, rows = read(tmp_path / "out.csv")
    assert header == ["ImageId", "Label"]
    assert [row[1] for row in rows] == expected(model)


def test_the_file_that_is_named_is_predicted_though_test_files_lie_beside_it(model: Path, tmp_path: Path):
    test = load_dataset(DatasetSettings()).test
    for name, count in (("X_train", 7), ("X_test", 5), ("train-images-idx3-ubyte", 6), ("t10k-images-idx3-ubyte", 4)):
        if name.startswith("X"):
            np.save(tmp_path / f"{name}.npy", test.inputs[:count, ..., 0])
            name += ".npy"
        else:
            write_idx(tmp_path / name, test.inputs[:count, ..., 0])
        report = predict_file(model, tmp_path / name, tmp_path / "out.csv", [], 1)
        assert report["examples"] == count
    report = predict_file(model, tmp_path / "X_train.npy", tmp_path / "out.csv", [], 1)
    assert report["examples"] == 7
