"""What is told about the data there is: every row of the table, what is in a dataset, and where a download goes."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets import DATASETS, DatasetSettings, load_dataset
from nnlab.errors import DatasetError
from nnlab.experiments import places
from nnlab.experiments.catalogue import download_dataset, list_datasets, show_dataset
from nnlab.experiments.places import data_folders, home
from tests.datasets.idx_files import write_published
from tests.datasets.mirror import Mirror, published, source_of, stand_ins
from tests.sentences import assert_one_sentence

FILES = stand_ins(pictures=20)


def rows(folders: list[Path]) -> dict[str, dict]:
    return {row["name"]: row for row in list_datasets(folders)["datasets"]}


def test_every_dataset_is_listed_with_what_it_is():
    listed = rows([])
    assert list(listed) == list(DATASETS)
    assert all(row["about"] for row in listed.values())


def test_what_can_be_downloaded_is_told_how_until_it_is_there(tmp_path: Path):
    before = rows([tmp_path])
    assert {name for name, row in before.items() if row["get"]} == {"mnist", "fashion-mnist"}
    assert before["mnist"]["get"] == "nnlab datasets download mnist"
    assert before["mnist"]["path"] is None
    write_published(tmp_path / "mnist")
    after = rows([tmp_path])
    assert (after["mnist"]["path"], after["mnist"]["get"]) == (str(tmp_path / "mnist"), "")
    assert after["fashion-mnist"] == before["fashion-mnist"]


def test_a_folder_that_lacks_a_file_does_not_hide_a_whole_one(tmp_path: Path):
    lacking = write_published(tmp_path / "first" / "mnist")
    (lacking / "t10k-labels-idx1-ubyte").unlink()
    whole = write_published(tmp_path / "second" / "mnist")
    assert rows([tmp_path / "first"])["mnist"]["path"] is None
    assert rows([tmp_path / "first", tmp_path / "second"])["mnist"]["path"] == str(whole)


def test_the_systems_datasets_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NNLAB_DATA", raising=False)
    monkeypatch.setattr(places, "_SYSTEM_DATASETS", tmp_path / "usr")
    place = write_published(tmp_path / "usr" / "fashion-mnist", zipped=True)
    assert rows(data_folders())["fashion-mnist"]["path"] == str(place)


def test_what_is_shown_agrees_with_the_arrays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(DATASETS, "mnist", source_of(published(FILES)))
    for name, content in FILES.items():
        (tmp_path / "mnist").mkdir(exist_ok=True)
        (tmp_path / "mnist" / name).write_bytes(content)
    shown = show_dataset("mnist", [tmp_path])
    dataset = load_dataset(DatasetSettings("mnist"), [tmp_path])
    assert (shown["name"], shown["title"], shown["shape"]) == ("mnist", "MNIST", [28, 28, 1])
    assert (shown["train"], shown["test"], shown["path"]) == (20, 4, str(tmp_path / "mnist"))
    assert shown["memory"] == 24 * 28 * 28 + 24 * np.dtype(np.intp).itemsize
    assert [row["name"] for row in shown["classes"]] == list("0123456789")
    assert [row["train"] for row in shown["classes"]] == np.bincount(dataset.train.labels, minlength=10).tolist()
    assert [row["test"] for row in shown["classes"]] == np.bincount(dataset.test.labels, minlength=10).tolist()
    assert shown["licence"] == dataset.licence
    assert shown["source"] == dataset.source


@pytest.mark.parametrize("name", sorted(set(DATASETS) - {"mnist", "fashion-mnist", "file", "drawn"}))
def test_what_needs_no_files_can_be_shown(name: str):
    shown = show_dataset(name, [])
    assert shown["path"] is None
    assert shown["train"] > 0
    if name == "sine":
        ((value,), classes) = shown["values"], shown["classes"]
        assert value["name"] == "y" and value["least"] < -0.9 and value["greatest"] > 0.9 and not classes
        return
    has_classes = name != "patches"
    assert sum(row["train"] for row in shown["classes"]) == shown["train"] * has_classes and "values" not in shown


def test_a_path_can_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    np.savetxt(
        tmp_path / "points.csv", np.array([[0.5, 1.5, 0], [1, 2, 1], [3, 4, 1], [5, 6, 0]] * 5), delimiter=",", fmt="%g"
    )
    shown = show_dataset("points.csv", [])
    assert (shown["name"], shown["path"], shown["train"] + shown["test"]) == ("file", "points.csv", 20)
    assert shown == show_dataset("points.csv", [tmp_path])


@pytest.mark.parametrize(
    ("name", "words"),
    [("mnits", "did you mean 'mnist'"), ("", "neither a dataset nor a path"), ("no\0name", "neither a dataset nor a path")],
)
def test_what_is_neither_a_dataset_nor_a_path_is_told(name: str, words: str, tmp_path: Path):
    with pytest.raises(DatasetError) as caught:
        show_dataset(name, [tmp_path])
    assert_one_sentence(caught.value, words)


def test_a_missing_dataset_is_told_both_ways_out(tmp_path: Path):
    with pytest.raises(DatasetError) as caught:
        show_dataset("mnist", [tmp_path])
    assert_one_sentence(caught.value, "nnlab datasets download mnist", "--data DIR", str(tmp_path / "mnist"))


def test_a_download_goes_to_the_persons_own_folder_or_the_chosen_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("NNLAB_DATA", raising=False)
    with Mirror(FILES) as mirror:
        monkeypatch.setitem(DATASETS, "mnist", source_of(published(FILES, mirror)))
        for folder in (home() / "data", tmp_path):
            told = download_dataset("mnist", None if folder != tmp_path else folder)
            assert told["path"] == str(folder / "mnist")
            assert told["files"] == {name: len(content) for name, content in sorted(FILES.items())}
            assert rows([folder])["mnist"]["path"] == told["path"]
    assert show_dataset("mnist", data_folders())["path"] == str(home() / "data" / "mnist")


@pytest.mark.parametrize(
    ("name", "words"), [("digits", "needs no download"), ("file", "needs no download"), ("minst", "did you mean 'mnist'")]
)
def test_what_cannot_be_downloaded_is_told(name: str, words: str):
    with pytest.raises(DatasetError) as caught:
        download_dataset(name)
    assert_one_sentence(caught.value, name, words, "mnist")
