"""A trained model is never lost: another run's is not written over, and a full disk is not its end."""

import errno
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.errors import DatasetError, DivergedError, OutOfMemoryError, SaveError
from nnlab.experiments import headless_training, measuring
from nnlab.experiments.headless_training import run_experiment
from nnlab.experiments.model_file import load_model
from nnlab.experiments.places import free_path, home
from nnlab.training.batch_gradient import BatchGradient
from tests.experiments.cases import SMALL
from tests.experiments.test_headless import DIVERGING
from tests.sentences import assert_one_sentence

WORSE = replace(SMALL, training=replace(SMALL.training, epochs=1))
NAME = "Small.safetensors"


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_another_run_of_the_same_name_keeps_the_first_ones_model(tmp_path: Path):
    first = run_experiment(SMALL, [], tmp_path, 1)
    second = run_experiment(WORSE, [], tmp_path, 1)
    assert names(tmp_path) == ["Small-older.safetensors", NAME]
    assert second["older_model"] == str(tmp_path / "Small-older.safetensors") and "older_model" not in first
    assert load_model(tmp_path / NAME).experiment == WORSE
    assert load_model(tmp_path / "Small-older.safetensors").metrics["parameters_sha256"] == first["parameters_sha256"]
    run_experiment(SMALL, [], tmp_path, 1)
    assert names(tmp_path) == ["Small-older-2.safetensors", "Small-older.safetensors", NAME]


def test_the_same_run_once_more_has_nothing_to_keep(tmp_path: Path):
    run_experiment(SMALL, [], tmp_path, 1)
    assert "older_model" not in run_experiment(SMALL, [], tmp_path, 1)
    assert names(tmp_path) == [NAME]


def test_a_file_that_is_no_model_is_kept_too(tmp_path: Path):
    (tmp_path / NAME).write_text("somebody's notes")
    report = run_experiment(SMALL, [], tmp_path, 1)
    assert Path(report["older_model"]).read_text() == "somebody's notes"


def test_where_a_file_cannot_have_two_names_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / NAME).write_text("somebody's notes")

    def refuse(*names) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("os.link", refuse)
    report = run_experiment(SMALL, [], tmp_path, 1)
    assert Path(report["older_model"]).read_text() == "somebody's notes"
    assert load_model(tmp_path / NAME).experiment == SMALL


def full_disk(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Nothing can be written into these folders."""
    make = tempfile.mkstemp

    def refuse(*arguments, dir: Path, **named):
        if any(folder in (dir, *dir.parents) for folder in folders):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return make(*arguments, dir=dir, **named)

    monkeypatch.setattr("tempfile.mkstemp", refuse)


def test_a_full_disk_at_the_end_sends_the_model_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    full_disk(monkeypatch, tmp_path)
    report = run_experiment(SMALL, [], tmp_path, 1)
    assert Path(report["model"]).parent == home() / "recovered"
    assert names(tmp_path) == []
    assert_one_sentence(report["not_saved"], str(tmp_path / NAME), "No space left", report["model"])
    saved = load_model(Path(report["model"]))
    assert saved.metrics["parameters_sha256"] == report["parameters_sha256"]


def test_a_folder_that_is_removed_while_it_trains_sends_the_model_home(tmp_path: Path):
    output = tmp_path / "output"
    output.mkdir()

    def remove(run, step, seconds) -> None:
        if step.number == 3:
            output.rmdir()

    report = run_experiment(SMALL, [], output, 1, remove)
    assert load_model(Path(report["model"])).experiment == SMALL


def test_where_home_is_full_too_there_is_the_folder_of_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "temporary").mkdir()
    (tmp_path / "output").mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "temporary"))
    full_disk(monkeypatch, home(), tmp_path / "output")
    assert Path(run_experiment(SMALL, [], tmp_path / "output", 1)["model"]).parent == tmp_path / "temporary"


def test_where_no_place_takes_it_the_first_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    full_disk(monkeypatch, Path("/"))
    with pytest.raises(SaveError) as caught:
        run_experiment(SMALL, [], tmp_path, 1)
    assert_one_sentence(caught.value, str(tmp_path / NAME), "No space left")


def test_a_disk_that_is_full_when_the_figures_come_keeps_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    measure = measuring.measure

    def and_fill(run):
        full_disk(monkeypatch, tmp_path)
        return measure(run)

    monkeypatch.setattr(headless_training, "measure", and_fill)
    report = run_experiment(SMALL, [], tmp_path, 1)
    assert report["model"] == str(tmp_path / NAME)
    assert load_model(tmp_path / NAME).metrics == {}


def test_a_diverged_run_says_where_its_model_lies_and_keeps_the_older_one(tmp_path: Path):
    (tmp_path / "Diverging.safetensors").write_text("a good one")
    with pytest.raises(DivergedError) as caught:
        run_experiment(DIVERGING, [], tmp_path, 1)
    assert_one_sentence(caught.value, "diverged", str(tmp_path / "Diverging.safetensors"), "Diverging-older.safetensors")
    assert (tmp_path / "Diverging-older.safetensors").read_text() == "a good one"


def test_what_cannot_be_measured_for_lack_of_memory_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(run):
        raise MemoryError

    monkeypatch.setattr(headless_training, "measure", fail)
    with pytest.raises(OutOfMemoryError) as caught:
        run_experiment(SMALL, [], tmp_path, 1)
    assert_one_sentence(caught.value, str(tmp_path / NAME), "memory", "nnlab evaluate")
    assert load_model(tmp_path / NAME).experiment == SMALL


def test_a_free_name_is_always_found(tmp_path: Path):
    for expected in ("a.png", "a-2.png", "a-3.png"):
        path = free_path(tmp_path, "a", ".png")
        assert path.name == expected
        path.touch()


@pytest.mark.parametrize("steps", [0, 5])
def test_what_ends_training_in_the_middle_leaves_the_model_of_the_steps_before(
    steps: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    learn = BatchGradient.loss

    def fail(gradient: BatchGradient, data, index, seed, step):
        if step == steps:
            raise DatasetError("rows.npy: has changed since training began; reset")
        return learn(gradient, data, index, seed, step)

    monkeypatch.setattr(BatchGradient, "loss", fail)
    with pytest.raises(DatasetError, match=r"rows\.npy: has changed"):
        run_experiment(SMALL, [], tmp_path, 1)
    assert [load_model(path).step for path in tmp_path.iterdir()] == ([steps] if steps else [])


def test_a_model_behind_a_link_is_kept_too(tmp_path: Path):
    (tmp_path / "real").write_text("somebody's notes")
    (tmp_path / NAME).symlink_to(tmp_path / "real")
    report = run_experiment(SMALL, [], tmp_path, 1)
    assert Path(report["older_model"]).read_text() == "somebody's notes"
    assert (tmp_path / NAME).is_symlink() and load_model(tmp_path / "real").experiment == SMALL


def test_a_run_that_ends_while_another_of_its_name_is_measured_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    measure, other = measuring.measure, []

    def and_let_another_end(run):
        if not other:
            other.append(None)
            other[0] = run_experiment(WORSE, [], tmp_path, 1)
        return measure(run)

    monkeypatch.setattr(headless_training, "measure", and_let_another_end)
    report = run_experiment(SMALL, [], tmp_path, 1)
    found = {load_model(path).metrics.get("parameters_sha256") for path in tmp_path.iterdir()}
    assert {report["parameters_sha256"], other[0]["parameters_sha256"]} <= found


def test_an_older_model_too_large_to_look_into_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run_experiment(WORSE, [], tmp_path, 1)

    def fail(path):
        raise MemoryError

    monkeypatch.setattr("nnlab.experiments.model_place.load_model", fail)
    report = run_experiment(SMALL, [], tmp_path, 1)
    monkeypatch.undo()
    assert load_model(Path(report["older_model"])).experiment == WORSE
    assert load_model(tmp_path / NAME).experiment == SMALL


def test_a_full_disk_leaves_the_older_model_under_its_own_name_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    run_experiment(WORSE, [], tmp_path, 1)
    full_disk(monkeypatch, tmp_path)
    assert "older_model" not in run_experiment(SMALL, [], tmp_path, 1)
    assert names(tmp_path) == [NAME]
    assert load_model(tmp_path / NAME).experiment == WORSE
