"""Sharing a run out among helpers, headless: what pays is measured once, what is asked for is done, and files tell of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.errors import SettingError
from nnlab.experiments.assembly import assemble
from nnlab.experiments.headless_training import finish, run_experiment
from nnlab.experiments.journal.resuming import resumed_model, resumed_run
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.places import home
from nnlab.experiments.sharing import sharing
from nnlab.experiments.what_pays import helpers_that_pay
from tests.experiments.journal.test_replay import KINDS
from tests.sentences import assert_one_sentence
from tests.training.crew.crews import divided

CNN = KINDS["model cnn"]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every run is long, and helpers take half of the time; the list grows with each measurement."""
    times: list[float] = []

    def gain(*_: object) -> float:
        times.append(0.5)
        return 0.5

    monkeypatch.setattr("nnlab.experiments.what_pays._is_long", lambda run: True)
    monkeypatch.setattr("nnlab.experiments.what_pays._gain", gain)
    return times


def test_what_pays_is_measured_once_for_an_experiment(measured: list[float]):
    run = assemble(CNN, [])
    assert [helpers_that_pay(run, CNN, cores=3) for _ in range(3)] == [3, 3, 3]
    assert len(measured) == 1
    # Another seed is the same work; a larger batch is another.
    reseeded, larger = (replace(CNN, training=replace(CNN.training, **one)) for one in ({"seed": 7}, {"batch_size": 32}))
    helpers_that_pay(assemble(reseeded, []), reseeded, cores=3)
    assert len(measured) == 1
    helpers_that_pay(assemble(larger, []), larger, cores=3)
    assert len(measured) == 2


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": 99}', b'{"a": "2"}', b"\xff"])
def test_a_damaged_file_of_what_pays_is_measured_anew(content: bytes, measured: list[float]):
    (home() / "helpers.json").write_bytes(content)
    assert helpers_that_pay(assemble(CNN, []), CNN, cores=2) == 2
    assert helpers_that_pay(assemble(CNN, []), CNN, cores=2) == 2
    assert len(measured) == 1


def test_helpers_that_gain_nothing_are_not_called(measured: list[float], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.what_pays._gain", lambda *_: 0.97)
    assert helpers_that_pay(assemble(CNN, []), CNN, cores=2) == 1


@pytest.mark.parametrize("name", ["PCD", "model deep_belief", "optimizer sgd"])
def test_a_run_that_cannot_be_divided_is_not_measured(name: str, measured: list[float]):
    assert helpers_that_pay(assemble(KINDS[name], []), KINDS[name], cores=2) == 1
    assert not measured


def test_a_short_run_has_none():
    assert helpers_that_pay(assemble(CNN, []), CNN, cores=2) == 1
    assert not (home() / "helpers.json").exists()


@pytest.mark.slow
def test_the_measurement_leaves_the_run_as_it_was(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.what_pays._SECONDS_WORTH", 0.0)
    run, other = assemble(CNN, []), assemble(CNN, [])
    assert helpers_that_pay(run, CNN, cores=2) in (1, 2)
    assert (home() / "helpers.json").exists()
    list(run), list(other)
    assert parameters_sha256(run.model) == parameters_sha256(other.model)


def test_who_asks_for_threads_does_not_ask_for_helpers(measured: list[float]):
    run = assemble(CNN, [])
    with sharing(run, CNN, 1, 0) as threads:
        assert (threads, run.helpers, run.crew) == (1, 1, None)
    assert not measured


@pytest.mark.parametrize(
    ("name", "helpers", "words"),
    [("model cnn", 99, "1 to 64"), ("model cnn", -1, "1 to 64"), ("PCD", 2, "depends on the others of its batch")],
)
def test_what_cannot_be_is_refused_in_a_sentence(name: str, helpers: int, words: str):
    with pytest.raises(SettingError) as refused, sharing(assemble(KINDS[name], []), KINDS[name], 1, helpers):
        pass
    assert_one_sentence(refused.value, "--helpers", words)


def test_a_run_that_is_left_goes_on_with_as_many_helpers_to_the_same_end(tmp_path: Path):
    long = replace(CNN, training=replace(CNN.training, epochs=6))
    alone = divided(long, 2)
    list(alone)
    writer = JournalWriter(tmp_path / "runs", lambda words: None)
    short = replace(long, training=replace(long.training, epochs=3))
    report = run_experiment(short, [], tmp_path, 1, journal=writer, helpers=2)
    writer.flush()
    assert (report["helpers"], report["threads"]) == (2, 1)
    ways = {
        "file": resumed_model(Path(report["model"]), [], ["training.epochs=6"]),
        "store": resumed_run(open_store(tmp_path / "runs")[0], 1, [], ["training.epochs=6"]),
    }
    for way, work in ways.items():
        with sharing(work.run, work.experiment, 1, 0) as threads:
            report = finish(work, tmp_path / way, threads)
        assert report["helpers"] == 2
        assert report["parameters_sha256"] == parameters_sha256(alone.model)
        assert load_model(Path(report["model"])).checkpoint.helpers == 2
    writer.close()
