"""A run of the store at any of its steps, on a thread of its own: exact, and only the newest visit counts."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnlab.experiments.assembly import assemble
from nnlab.experiments.journal.recorder import Recorder
from nnlab.experiments.journal.writer import JournalWriter
from nnlab.probes import Selection, look
from nnlab.training import TrainingRun
from nnlab.ui.jobs import CopyRequest, Job
from nnlab.ui.messages import ProbeRequest
from nnlab.ui.past import Past
from nnlab.ui.past_worker import Arrival
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept
from tests.experiments.journal.test_replay import KINDS, RICH
from tests.sentences import assert_one_sentence

WEIGHTS = (ProbeRequest("weights", "weights", Selection()),)


class Visits:
    """A Past, and what it says."""

    def __init__(self, qtbot: QtBot, folder: Path, journal: JournalWriter | None = None) -> None:
        self.qtbot = qtbot
        self.past = Past(folder, [], journal)
        self.arrived: list[Arrival] = []
        self.failed: list[str] = []
        self.past.arrived.connect(self.arrived.append)
        self.past.failed.connect(self.failed.append)

    def open(self, number: int = 1, dataset: object = None) -> None:
        with self.qtbot.waitSignal(self.past.prepared, timeout=20_000):
            self.past.open(number, dataset)

    def visit(self, step: int, probes: tuple[ProbeRequest, ...] = ()) -> Arrival:
        with self.qtbot.waitSignal(self.past.arrived, timeout=20_000):
            self.past.visit(step, probes)
        return self.arrived[-1]

    def copy(self) -> TrainingRun | None:
        """The run where it stands."""
        with self.qtbot.waitSignal(self.past.copy_ready, timeout=20_000) as caught:
            self.past.take_copy(CopyRequest(0, Job("a copy"), lambda run, report: None))
        return caught.args[1]


@pytest.fixture
def visits(qtbot: QtBot, tmp_path: Path) -> Iterator[Visits]:
    visits = Visits(qtbot, tmp_path)
    yield visits
    visits.past.close()


@pytest.mark.parametrize("name", ["optimizer adam", "model cnn", "model deep_belief", "PCD", "augmented"])
def test_random_steps_are_those_of_the_run(name: str, visits: Visits, tmp_path: Path):
    kept = Kept(KINDS[name], tmp_path, every=7)
    visits.open()
    for step in [random.Random(name).randrange(kept.run.step + 1) for _ in range(20)]:
        arrival = visits.visit(step)
        assert (arrival.step, arrival.number, arrival.last) == (step, 1, kept.run.step)
        np.testing.assert_array_equal(visits.copy().model.parameters.values, kept.bare[step], err_msg=f"step {step}")
    assert visits.failed == []


def test_views_see_what_they_would_have_seen_then(visits: Visits, tmp_path: Path):
    kept = Kept(SMALL, tmp_path, every=3)
    visits.open(dataset=kept.run.data.dataset)
    for step in (7, 2, 5, 6, 1):
        bare = assemble(SMALL, [])
        for _ in range(step):
            next(bare)
        then, want = visits.visit(step, WEIGHTS).probes["weights"], look(bare, "weights")
        assert then.moment.step == step
        assert (then.moment.epoch, then.moment.is_edited) == (want.moment.epoch, False)
        np.testing.assert_array_equal(then.value.tiles, want.value.tiles)


def test_it_is_exact_while_the_run_is_trained_on(qtbot: QtBot, tmp_path: Path):
    """What is not written yet is waited for; what the run has not handed over is not shown."""
    said: list[str] = []
    journal = JournalWriter(tmp_path, said.append)
    run = assemble(replace(SMALL, training=replace(SMALL.training, epochs=60)), [])
    recorder, bare = Recorder(journal, run, SMALL), {0: run.model.parameters.values.copy()}
    journal.flush()
    visits = Visits(qtbot, tmp_path, journal)
    visits.open()
    draw = random.Random(0)
    for step in run:
        recorder.add(step, 0.0)
        bare[step.number] = run.model.parameters.values.copy()
        if step.number % 9 == 0:
            recorder.record(0.0)
            wanted = draw.randrange(step.number - 8, step.number + 20)
            arrival = visits.visit(wanted)
            assert arrival.step == min(wanted, step.number)
            np.testing.assert_array_equal(visits.copy().model.parameters.values, bare[arrival.step])
    visits.past.close()
    journal.close()
    assert said == visits.failed == []


def test_a_visit_that_is_overtaken_is_given_up(visits: Visits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kept = Kept(replace(RICH, training=replace(RICH.training, epochs=40, patience=0)), tmp_path, every=10_000)
    visits.open()
    made = []
    step = TrainingRun.__next__
    monkeypatch.setattr(TrainingRun, "__next__", lambda run: made.append(run.step) or step(run))
    with visits.qtbot.waitSignal(visits.past.arrived, timeout=20_000):
        for wanted in range(kept.run.step - 1, 0, -1):
            visits.past.visit(wanted)
    visits.qtbot.wait(50)
    assert [arrival.step for arrival in visits.arrived] == [1]
    assert len(made) < 3 * kept.run.step
    assert visits.failed == []


def test_what_is_given_up_does_not_arrive(visits: Visits, tmp_path: Path):
    Kept(SMALL, tmp_path)
    visits.open()
    visits.past.visit(5)
    visits.past.give_up()
    assert visits.visit(3).step == 3
    assert [arrival.step for arrival in visits.arrived] == [3]


def test_another_run_takes_the_place_of_the_first(visits: Visits, tmp_path: Path):
    Kept(SMALL, tmp_path)
    second = Kept(replace(SMALL, training=replace(SMALL.training, seed=5)), tmp_path)
    visits.past.open(1)
    visits.past.visit(3)
    visits.open(2)
    arrival = visits.visit(4)
    assert arrival.number == 2
    np.testing.assert_array_equal(visits.copy().model.parameters.values, second.bare[4])


def test_what_goes_wrong_is_one_sentence(visits: Visits, tmp_path: Path):
    kept = Kept(SMALL, tmp_path)
    other = replace(SMALL, dataset=replace(SMALL.dataset, seed=4, source=replace(SMALL.dataset.source, samples=44)))
    for number, dataset, words in ((7, None, "there is no run 7"), (1, assemble(other, []).data.dataset, "other data")):
        with visits.qtbot.waitSignal(visits.past.failed, timeout=20_000):
            visits.past.open(number, dataset)
        assert_one_sentence(RuntimeError(visits.failed[-1]), words)
    visits.open()
    (view,) = [ProbeRequest("feature_maps", "no such probe", Selection())]
    with visits.qtbot.waitSignals([visits.past.troubled, visits.past.arrived], timeout=20_000):
        visits.past.visit(2, (view, *WEIGHTS))
    assert list(visits.arrived[-1].probes) == ["weights"]
    assert kept.said == []


def test_a_branch_that_changes_nothing_comes_to_the_same_end(visits: Visits, tmp_path: Path):
    kept = Kept(RICH, tmp_path, every=10)
    visits.open()
    visits.visit(9)
    with visits.qtbot.waitSignal(visits.past.continuation_ready, timeout=20_000) as caught:
        visits.past.take_continuation()
    (found,) = caught.args
    assert (found.origin.number, found.origin.step, found.history.number) == (1, 9, 9)
    run = assemble(found.experiment, [])
    found.continue_in(run)
    list(run)
    np.testing.assert_array_equal(run.model.parameters.values, kept.parameters)


def test_of_a_run_that_is_not_wanted_any_more_no_trouble_is_told(visits: Visits, tmp_path: Path):
    Kept(SMALL, tmp_path, every=10)
    visits.past.open(99)
    # It has failed by now, and nobody has heard of it yet.
    time.sleep(0.5)
    visits.open()
    assert visits.failed == []
    visits.past.open(99)
    visits.qtbot.wait_until(lambda: len(visits.failed) == 1, timeout=20_000)
