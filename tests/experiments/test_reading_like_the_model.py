"""A model reads other files as it read its own: the same columns, numbers and classes, or a sentence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from nnlab.datasets.files.csv_layout import CSVLayout
from nnlab.datasets.files.schema import Schema
from nnlab.errors import NnlabError
from nnlab.experiments.experiment import experiment_from_table
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.experiments.prediction import predict_file
from nnlab.experiments.saved_evaluation import evaluate_model
from nnlab.targets import Classes
from tests.sentences import assert_one_sentence

WORDS = ("cat", "dog", "eel")


def write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows] if header else rows) + "\n")
    return path


def table(names: tuple[str, ...] = WORDS, count: int = 60) -> list[str]:
    """The first number tells the class, the second nothing."""
    rng = np.random.default_rng(0)
    return [
        f"{10 * (place % len(names)) + rng.normal():.3f},{rng.normal():.3f},{names[place % len(names)]}"
        for place in range(count)
    ]


def trained(folder: Path, path: Path, **dataset: Any) -> Path:
    experiment = experiment_from_table(
        {
            "name": "model",
            "dataset": {"path": str(path), "scaling": "standard", **dataset},
            "model": {"kind": "mlp", "layers": [{"kind": "dense", "units": 3}, "softmax"]},
            "training": {"epochs": 60, "batch_size": 8, "learning_rate": 0.2},
        }
    )
    return Path(run_experiment(experiment, [], folder, 1)["model"])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return trained(tmp_path, write(tmp_path / "train.csv", "age,height,kind", table()))


def test_a_file_to_test_on_is_tested_on_wholly(model: Path, tmp_path: Path):
    other = write(tmp_path / "other.csv", "age,height,kind", table(count=30))
    report = evaluate_model(model, [], str(other), 1)
    assert report["examples"] == 30
    assert report["test_accuracy"] > 0.95


def test_classes_are_known_by_their_names(model: Path, tmp_path: Path):
    rows = [row for row in table() if not row.endswith("cat")]
    report = evaluate_model(model, [], str(write(tmp_path / "two.csv", "age,height,kind", rows)), 1)
    assert report["test_accuracy"] > 0.95
    assert report["class_names"] == list(WORDS)
    assert report["confusion"][0] == [0, 0, 0]


@pytest.mark.parametrize(
    ("header", "names", "words"),
    [
        ("age,height,kind", ("dog", "eel", "fox"), ("fox", "cat, dog, eel")),
        ("years,height,kind", WORDS, ("no column 'age'", "known are")),
    ],
    ids=["another class", "a column without its name"],
)
def test_what_is_not_like_the_models_data_is_told(
    model: Path, tmp_path: Path, header: str, names: tuple[str, ...], words: tuple[str, ...]
):
    other = write(tmp_path / "other.csv", header, table(names))
    with pytest.raises(NnlabError) as caught:
        evaluate_model(model, [], str(other), 1)
    assert_one_sentence(caught.value)
    assert all(word in str(caught.value) for word in ("other.csv", *words))


def test_the_label_stays_in_its_column_though_another_looks_more_like_one(tmp_path: Path):
    rng = np.random.default_rng(0)
    rows = [f"{place % 2},{10 * (place % 3) + rng.normal():.3f},{rng.normal():.3f},{place % 3}" for place in range(60)]
    model = trained(tmp_path, write(tmp_path / "train.csv", "", rows), label="last")
    given = write(tmp_path / "test.csv", "", [row for row in rows if not row.endswith(",1")])
    predict_file(model, given, tmp_path / "out.csv", [], 1)
    predicted = [line.split(",")[1] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert predicted == [row[-1] for row in given.read_text().splitlines()]


def test_floats_that_were_bytes_for_the_model_are_bytes_again(tmp_path: Path):
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    pictures = np.clip(rng.uniform(0, 0.3, (90, 8, 8)) + labels[:, None, None] / 3, 0, 1).astype(np.float32)
    np.savez(tmp_path / "train.npz", x=pictures, y=labels)
    model = trained(tmp_path, tmp_path / "train.npz")
    np.savez(tmp_path / "darker.npz", x=pictures[labels == 0] * 0.9, y=labels[labels == 0])
    assert evaluate_model(model, [], str(tmp_path / "darker.npz"), 1)["test_accuracy"] > 0.9


def test_pictures_of_small_floats_are_as_bright_as_the_model_learned_them(tmp_path: Path):
    rng = np.random.default_rng(0)
    labels = np.arange(90) % 3
    pictures = (rng.uniform(0, 0.3, (90, 8, 8)) + labels[:, None, None] / 3) * 1e-4
    np.savez(tmp_path / "train.npz", x=pictures, y=labels)
    model = trained(tmp_path, tmp_path / "train.npz")
    np.savez(tmp_path / "dark.npz", x=pictures[labels == 0], y=labels[labels == 0])
    assert evaluate_model(model, [], str(tmp_path / "dark.npz"), 1)["test_accuracy"] > 0.9


def test_large_numbers_that_differ_little_are_learned_and_read_alike(tmp_path: Path):
    rows = [f"{1_600_000_000 + place},{('early', 'late', 'now')[place // 20]}" for place in range(60)]
    path = write(tmp_path / "times.csv", "seconds,kind", rows)
    model = trained(tmp_path, path)
    saved = load_model(model)
    assert (saved.scaling.factor.dtype, saved.schema.dtype) == (np.float64, "float64")
    given = write(tmp_path / "late.csv", "seconds,kind", rows[40:])
    assert evaluate_model(model, [], str(given), 1)["test_accuracy"] > 0.8


def test_a_model_that_learned_a_table_as_float32_still_reads_it(tmp_path: Path):
    path = write(tmp_path / "train.csv", "age,height,kind", table())
    model = trained(tmp_path, path)
    accuracy = evaluate_model(model, [], str(path), 1)["test_accuracy"]
    content = model.read_bytes()
    tensors = load_tensors(content)
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"] | {"dtype": "float32"}
    # As files were before large numbers and small ranges were thought of.
    del metadata["whites"], tensors["scaling.ends"]
    for name in ("scaling.factor", "scaling.offset"):
        tensors[name] = tensors[name].astype(np.float32)
    model.write_bytes(save_tensors(tensors, metadata))
    assert evaluate_model(model, [], str(path), 1)["test_accuracy"] == accuracy > 0.9


def test_an_own_test_part_that_is_empty_is_told(tmp_path: Path):
    model = trained(tmp_path, write(tmp_path / "train.csv", "age,height,kind", table()), test=0.0)
    with pytest.raises(NnlabError, match=r"no test examples; set dataset.source.test, or give --dataset"):
        evaluate_model(model, [], None, 1)


def test_the_persons_own_file_is_not_overwritten(model: Path, tmp_path: Path):
    given = write(tmp_path / "test.csv", "age,height,kind", table())
    before = given.read_text()
    with pytest.raises(NnlabError, match="would overwrite"):
        predict_file(model, given, given, [], 1)
    assert given.read_text() == before


def test_a_file_is_seen_through_the_encoder_that_the_model_has(tmp_path: Path):
    encoder = experiment_from_table(
        {
            "name": "encoder",
            "dataset": {"name": "digits"},
            "model": {"kind": "rbm", "hidden": 16},
            "training": {"steps": 60, "learning_rate": 0.1},
        }
    )
    run_experiment(encoder, [], tmp_path, 1)
    svm = experiment_from_table(
        {
            "name": "svm",
            "dataset": {"name": "digits", "encoder": "encoder.safetensors", "scaling": "standard"},
            "model": {"kind": "linear_svm"},
            "training": {"steps": 400, "learning_rate": 0.02},
        }
    )
    saved = Path(run_experiment(svm, [tmp_path], tmp_path, 1)["model"])
    from nnlab.datasets import DatasetSettings, load_dataset

    test = load_dataset(DatasetSettings()).test
    rows = [",".join(map(str, row)) for row in test.inputs.reshape(len(test), -1)]
    given = write(tmp_path / "digits.csv", ",".join(f"pixel{place}" for place in range(64)), rows)
    predict_file(saved, given, tmp_path / "out.csv", [tmp_path], 1)
    predicted = [line.split(",")[1] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    accuracy = evaluate_model(saved, [tmp_path], None, 1)["test_accuracy"]
    assert np.mean([int(name) == label for name, label in zip(predicted, test.labels, strict=True)]) == accuracy


def predicted(model: Path, given: Path) -> list[str]:
    output = given.with_suffix(".out")
    predict_file(model, given, output, [], 1)
    return [line.split(",")[1] for line in output.read_text().splitlines()[1:]]


@pytest.mark.parametrize("label", ["", "?", "NaN", "-1", "0.5", "fox", None], ids=str)
@pytest.mark.parametrize("header", ["age,height,kind", ""], ids=["header", "no header"])
def test_to_predict_needs_no_labels(tmp_path: Path, label: str | None, header: str):
    model = trained(tmp_path, write(tmp_path / "train.csv", header, table()))
    known = predicted(model, write(tmp_path / "known.csv", header, table()))
    end = "" if label is None else f",{label}"
    rows = [row.rpartition(",")[0] + end for row in table()]
    head = header.rpartition(",")[0] if label is None else header
    assert predicted(model, write(tmp_path / "given.csv", head, rows)) == known
    assert set(known) == set(WORDS)


@pytest.mark.parametrize("header", ["age,height", "height,age,kind", "Id,height,colour,age", "AGE,kind,height"])
def test_columns_are_known_by_their_names(tmp_path: Path, header: str):
    train = [f"{place + 1},{row}" for place, row in enumerate(table())]
    model = trained(tmp_path, write(tmp_path / "train.csv", "Id,age,height,kind", train))
    known = predicted(model, write(tmp_path / "known.csv", "Id,age,height,kind", train))
    cells = [dict(zip(("Id", "age", "height", "kind"), row.split(","), strict=True)) | {"colour": "red"} for row in train]
    rows = [",".join(row[name.replace("AGE", "age")] for name in header.split(",")) for row in cells]
    assert predicted(model, write(tmp_path / "given.csv", header, rows)) == known


@pytest.mark.parametrize("keeps", ["Id,a,b,label", "a,b,label", "Id,a,b", "a,b"])
def test_without_names_columns_are_known_by_their_number(tmp_path: Path, keeps: str):
    train = [f"{place + 1},{row}" for place, row in enumerate(table())]
    model = trained(tmp_path, write(tmp_path / "train.csv", "", train))
    known = predicted(model, write(tmp_path / "known.csv", "", train))
    start, end = (0 if "Id" in keeps else 1), (4 if "label" in keeps else 3)
    rows = [",".join(row.split(",")[start:end]) for row in train]
    assert predicted(model, write(tmp_path / "given.csv", "", rows)) == known


@pytest.mark.parametrize("ids", [range(0, 420, 7), [5, 3, 4, 1, 2, 9]], ids=["sevens", "few rows"])
@pytest.mark.parametrize("keeps", [slice(0, 3), slice(1, 4)], ids=["no label", "no id"])
def test_decimals_tell_which_column_a_file_without_names_lacks(tmp_path: Path, ids: list[int], keeps: slice):
    train = [f"{place + 1},{row}" for place, row in enumerate(table(("0", "1", "2")))]
    model = trained(tmp_path, write(tmp_path / "train.csv", "", train))
    rows = [f"{name},{row}" for name, row in zip(ids, table(("0", "1", "2")), strict=False)]
    known = predicted(model, write(tmp_path / "known.csv", "", rows))
    assert known == [row[-1] for row in rows]
    assert predicted(model, write(tmp_path / "given.csv", "", [",".join(row.split(",")[keeps]) for row in rows])) == known


@pytest.mark.parametrize("keeps", [slice(0, 3), slice(1, 4)], ids=["no label", "no id"])
def test_a_file_that_may_lack_its_label_or_another_column_is_told(tmp_path: Path, keeps: slice):
    train = [f"{place + 1},{10 * (place % 3)},{place % 7},{place % 3}" for place in range(60)]
    model = trained(tmp_path, write(tmp_path / "train.csv", "", train))
    given = write(tmp_path / "given.csv", "", [",".join(row.split(",")[keeps]) for row in train[::7]])
    with pytest.raises(NnlabError) as caught:
        predicted(model, given)
    assert_one_sentence(caught.value, "given.csv: lacks a column", "label", "give it all columns")


def test_names_that_differ_in_case_alone_stand_for_their_own_columns(tmp_path: Path):
    rows = [f"{row.split(',')[0]},{row.split(',')[1]},{place},{row[-3:]}" for place, row in enumerate(table())]
    model = trained(tmp_path, write(tmp_path / "train.csv", "A,b,a,label", rows))
    assert predicted(model, tmp_path / "train.csv") == [row[-3:] for row in rows]
    with pytest.raises(NnlabError, match="no column 'A'"):
        predicted(model, write(tmp_path / "given.csv", "a,b,c,label", rows))


def test_labels_that_are_missing_are_told_where_they_are_needed(model: Path, tmp_path: Path):
    rows = [row.rpartition(",")[0] + "," for row in table()]
    with pytest.raises(NnlabError) as caught:
        evaluate_model(model, [], str(write(tmp_path / "other.csv", "age,height,kind", rows)), 1)
    assert_one_sentence(caught.value, "other.csv: row 2, column 3 (kind)", "missing")


def test_a_linear_svm_learns_from_minus_one_and_plus_one(tmp_path: Path):
    path = write(tmp_path / "train.csv", "a,b,label", table(("-1", "+1")))
    experiment = experiment_from_table(
        {"dataset": {"path": str(path), "scaling": "standard"}, "model": {"kind": "linear_svm"}, "training": {"epochs": 40}}
    )
    report = run_experiment(experiment, [], tmp_path, 1)
    assert report["test_accuracy"] == 1
    assert evaluate_model(Path(report["model"]), [], str(path), 1)["class_names"] == ["-1", "+1"]


def test_a_table_of_a_model_of_before_columns_were_left_out_is_understood():
    kept = {"delimiter": ",", "columns": 3, "names": ["a", "b", "label"], "label": 2, "has_words": True, "is_pixels": False}
    layout = Schema((2,), columns=kept, targets=Classes(WORDS)).as_part().layout
    assert isinstance(layout, CSVLayout)
    assert (layout.feature_places, layout.label_places, layout.left_out) == ((0, 1), (2,), ())
