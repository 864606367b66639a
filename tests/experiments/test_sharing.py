"""Sharing a run out among helpers, headless: what pays is measured once, what is asked for is done, and files tell of it."""

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from nnlab.datasets import DatasetSettings
from nnlab.errors import DivergedError, OutOfMemoryError, SettingError
from nnlab.experiments import what_pays
from nnlab.experiments.assembly import assemble
from nnlab.experiments.benchmark.together import Together
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.headless_training import finish, run_experiment
from nnlab.experiments.journal.resuming import resumed_model, resumed_run
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.experiments.model_file import load_model, parameters_sha256
from nnlab.experiments.places import home
from nnlab.experiments.sharing import crowding, sharing
from nnlab.experiments.what_pays import helpers_that_pay
from nnlab.training import TrainingRun
from nnlab.training.breakpoints import BREAKPOINTS
from tests.experiments.cases import SMALL
from tests.experiments.journal.test_replay import KINDS
from tests.experiments.test_variations import DEEP
from tests.sentences import assert_one_sentence
from tests.training.crew.crews import at_once, crew_of, divided
from tests.training.crew.mixing import MIXING

CNN = KINDS["model cnn"]
# It has steps enough to find out what pays.
LONG = replace(CNN, training=replace(CNN.training, epochs=110))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every step is long, and helpers take half of the time; the list grows with each measurement."""
    times: list[float] = []

    def gain(*_: object) -> float:
        times.append(0.5)
        return 0.5

    monkeypatch.setattr("nnlab.experiments.what_pays._step_seconds", lambda *_: 1.0)
    monkeypatch.setattr("nnlab.experiments.what_pays._gain", gain)
    return times


@pytest.fixture
def called_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Helpers are waited for."""
    at_once(monkeypatch)


def kept() -> list[int]:
    """The answers that were written down."""
    place = home() / "helpers.json"
    return list(json.loads(place.read_text()).values()) if place.exists() else []


def test_what_pays_is_measured_once_for_an_experiment(measured: list[float]):
    run = assemble(LONG, [])
    assert [helpers_that_pay(run, LONG, cores=3) for _ in range(3)] == [3, 3, 3]
    assert len(measured) == 1
    # Another seed is the same work; a larger batch is another.
    reseeded, larger = (replace(LONG, training=replace(LONG.training, **one)) for one in ({"seed": 7}, {"batch_size": 32}))
    helpers_that_pay(assemble(reseeded, []), reseeded, cores=3)
    assert len(measured) == 1
    helpers_that_pay(assemble(larger, []), larger, cores=3)
    assert len(measured) == 2


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": 99}', b'{"a": "2"}', b"\xff", b"[" * 60_000])
def test_a_damaged_file_of_what_pays_is_measured_anew(content: bytes, measured: list[float]):
    (home() / "helpers.json").write_bytes(content)
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 2
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 2
    assert len(measured) == 1


def test_helpers_that_gain_nothing_are_not_called(measured: list[float], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.what_pays._gain", lambda *_: 0.97)
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 1


@pytest.mark.parametrize("name", ["PCD", "model deep_belief"])
def test_a_run_that_cannot_be_divided_is_not_measured(name: str, measured: list[float]):
    long = replace(KINDS[name], training=replace(KINDS[name].training, epochs=110))
    assert helpers_that_pay(assemble(long, []), long, cores=2) == 1
    assert not measured


def test_a_run_of_few_steps_is_not_worth_measuring(measured: list[float]):
    assert helpers_that_pay(assemble(CNN, []), CNN, cores=2) == 1
    assert not measured and not kept()


def test_a_short_run_has_none_from_then_on(monkeypatch: pytest.MonkeyPatch):
    """Near ten seconds it would be measured as longer now and then."""
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 1
    assert kept() == [1]
    monkeypatch.setattr("nnlab.experiments.what_pays._SECONDS_WORTH", 0.0)
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 1


def test_helpers_that_did_not_come_may_come_the_next_time(measured: list[float], monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr("nnlab.experiments.what_pays._gain", lambda *_: None)
        assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 1
        assert not kept()
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 2


@pytest.mark.parametrize("error", [DivergedError("diverged"), OutOfMemoryError("no memory"), MemoryError()])
def test_what_goes_wrong_in_the_measurement_is_left_to_the_run(
    error: Exception, measured: list[float], monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> float:
        raise error

    monkeypatch.setattr("nnlab.experiments.what_pays._gain", fail)
    assert helpers_that_pay(assemble(LONG, []), LONG, cores=2) == 1
    assert not kept()


def test_a_run_that_diverges_at_once_is_saved_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.what_pays.available_cores", lambda: 2)
    training = replace(SMALL.training, optimizer="sgd", learning_rate=1000.0, epochs=2000)
    wild = replace(SMALL, dataset=DatasetSettings("sine"), model=DEEP, training=training)
    with pytest.raises(DivergedError) as diverged:
        run_experiment(wild, [], tmp_path)
    assert str(tmp_path) in str(diverged.value)


def test_on_a_machine_with_very_many_cores_it_has_as_many_as_there_may_be(measured: list[float]):
    assert [helpers_that_pay(assemble(LONG, []), LONG, cores=200) for _ in range(2)] == [64, 64]
    assert len(measured) == 1


@pytest.mark.parametrize(("is_on", "helpers"), [(True, 1), (False, 2)])
def test_with_breakpoints_each_step_is_made_here(is_on: bool, helpers: int, measured: list[float]):
    stopping = replace(LONG, training=replace(LONG.training, stop_when=(replace(BREAKPOINTS["not_finite"](), on=is_on),)))
    assert helpers_that_pay(assemble(stopping, []), stopping, cores=2) == helpers


def test_a_run_with_breakpoints_that_was_shared_can_go_on_alone():
    stopping = replace(CNN, training=replace(CNN.training, stop_when=(BREAKPOINTS["not_finite"](),)))
    run = divided(stopping, 2)
    with sharing(run, stopping, 1, 1):
        assert (run.helpers, run.crew) == (1, None)


def test_both_forms_make_the_same_steps_and_few_of_them(monkeypatch: pytest.MonkeyPatch):
    """Where they cross an epoch's end, both do; and of long steps a twentieth of the run at most is made.

    What helpers are timed for begins when the threads of the other form no longer spin.
    """
    made: list[int] = []
    rests: list[int] = []

    class Counted:
        trouble = ""

        def __init__(self, run: TrainingRun, *_: object) -> None:
            made.clear()
            rests.clear()

        def train(self, steps: int) -> None:
            made.append(steps)
            assert len(rests) == len(made) - 1

        def end(self) -> None:
            pass

    monkeypatch.setattr("nnlab.experiments.benchmark.together.Together", Counted)
    monkeypatch.setattr("nnlab.experiments.what_pays.time.sleep", lambda seconds: rests.append(made[-1]))
    for seconds, most in ((1.0, 4), (0.01, 20)):
        alone = what_pays._endless(assemble(LONG, []))
        next(alone)
        assert what_pays._gain(assemble(LONG, []), LONG, 2, alone, seconds) is not None
        assert sum(made) == alone.step <= most


@pytest.mark.parametrize(("seconds", "total"), [(0.001, 20_000), (0.01, 1000), (0.1, 400), (0.15, 150), (2.0, 150)])
def test_to_find_out_takes_a_small_share_of_the_run(seconds: float, total: int):
    steps, warm_ups, rounds = what_pays._course(seconds, total)
    assert steps >= 1 and steps * (warm_ups + rounds) <= 0.025 * total


def test_a_trial_does_not_end_while_it_is_timed():
    ending = replace(CNN, training=replace(CNN.training, epochs=1, steps=2, patience=1))
    trial = what_pays._endless(assemble(ending, []))
    assert len(list(islice(trial, 30))) == 30


@pytest.mark.slow
def test_the_measurement_leaves_the_run_as_it_was(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.what_pays._SECONDS_WORTH", 0.0)
    run, other = assemble(LONG, []), assemble(LONG, [])
    assert helpers_that_pay(run, LONG, cores=2) in (1, 2)
    assert kept()
    list(run), list(other)
    assert parameters_sha256(run.model) == parameters_sha256(other.model)


def test_helpers_stop_where_training_ends():
    run = assemble(CNN, [])
    run.settings = replace(run.settings, epochs=1)
    together = Together(run, CNN.model, 2)
    try:
        assert not together.trouble
        together.train(50)
        assert run.stopped is not None and run.step == run.batches
    finally:
        together.end()


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


def test_threads_beside_helpers_are_refused(tmp_path: Path):
    with pytest.raises(SettingError) as refused, sharing(assemble(CNN, []), CNN, 2, 2):
        pass
    assert_one_sentence(refused.value, "--threads 2", "--helpers 2", "one thread")
    # Those of a run that goes on were asked for, too.
    with pytest.raises(SettingError) as refused, sharing(divided(CNN, 2), CNN, 2, 0):
        pass
    assert_one_sentence(refused.value, "--threads 2", "--helpers 1")


def test_more_helpers_than_cores_are_told_of(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.experiments.sharing.available_cores", lambda: 2)
    assert crowding(8) == "more helpers (8) than cores (2): they wait for each other"
    assert crowding(0) == crowding(2) == crowding(99) == ""


@pytest.mark.usefixtures("called_at_once")
@pytest.mark.parametrize("experiment", [CNN, MIXING["normalised"]], ids=["cnn", "normalised"])
def test_a_run_that_is_left_goes_on_with_as_many_helpers_to_the_same_end(experiment: Experiment, tmp_path: Path):
    long = replace(experiment, training=replace(experiment.training, epochs=6))
    alone = divided(long, 2)
    list(alone)
    writer = JournalWriter(tmp_path / "runs", lambda words: None)
    short = replace(long, training=replace(long.training, epochs=3))
    report = run_experiment(short, [], tmp_path, 1, journal=writer, helpers=2)
    writer.flush()
    assert (report["helpers"], report["threads"], "alone_because" in report) == (2, 1, False)
    ways = {
        "file": resumed_model(Path(report["model"]), [], ["training.epochs=6"]),
        "store": resumed_run(open_store(tmp_path / "runs")[0], 1, [], ["training.epochs=6"]),
    }
    for way, work in ways.items():
        with sharing(work.run, work.experiment, 1, 0) as threads:
            report = finish(work, tmp_path / way, threads)
            assert crew_of(work.run).has_worked
        assert report["helpers"] == 2
        assert report["parameters_sha256"] == parameters_sha256(alone.model)
        assert load_model(Path(report["model"])).checkpoint.helpers == 2
    writer.close()
