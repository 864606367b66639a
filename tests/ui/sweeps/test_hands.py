"""Who trains the trials of a sweep is chosen in the window: processes here, or a cluster by its scheduler's address."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtTest import QTest

from nnlab.experiments.sweeps.processes import Processes
from nnlab.experiments.sweeps.records import DONE
from nnlab.ui.sweeps import hands_card
from tests.ui.conftest import Driver
from tests.ui.sweeps.desk import SweepDesk


@pytest.fixture
def desk(driver: Driver) -> Iterator[SweepDesk]:
    desk = SweepDesk(driver)
    desk.vary("training.seed")
    desk.settle()
    yield desk
    desk.close()


def choose_cluster(desk: SweepDesk, address: str) -> hands_card.HandsCard:
    hands = desk.window.setup.hands
    hands.place.setCurrentIndex(1)
    hands.place.activated.emit(1)
    hands.address.setFocus()
    QTest.keyClicks(hands.address, address)
    return hands


def test_processes_are_as_many_as_is_said(desk: SweepDesk) -> None:
    hands = desk.window.setup.hands
    hands.processes.setValue(3)
    found = hands.hands()
    assert isinstance(found, Processes) and found.size == 3 and desk.window.setup.start.isEnabled()


def test_without_dask_it_is_said_how_to_have_it(desk: SweepDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hands_card, "is_installed", lambda name: False)
    hands = choose_cluster(desk, "tcp://127.0.0.1:8786")
    assert "pip install distributed" in hands.problem.text() and not desk.window.setup.start.isEnabled()


@pytest.mark.peers
def test_a_cluster_takes_an_address(desk: SweepDesk) -> None:
    pytest.importorskip("distributed")
    setup = desk.window.setup
    hands = choose_cluster(desk, "")
    assert not setup.start.isEnabled() and not hands.processes.isVisible()
    QTest.keyClicks(hands.address, "nowhere")
    assert setup.start.isEnabled()
    setup.start.click()
    assert "nowhere: expected an address such as tcp://127.0.0.1:8786" in hands.problem.text()
    assert setup.start.isEnabled() and setup.start.text() == "Start"


@pytest.mark.peers
def test_a_scheduler_that_cannot_be_reached_is_told_below_its_address(desk: SweepDesk) -> None:
    pytest.importorskip("distributed")
    setup = desk.window.setup
    hands, started = choose_cluster(desk, "tcp://127.0.0.1:1"), time.monotonic()
    setup.start.click()
    assert setup.start.text() == "Starting…" and not setup.start.isEnabled()
    desk.wait_for(lambda: "tcp://127.0.0.1:1" in hands.problem.text())
    assert time.monotonic() - started < 5 and hands.problem.isVisible()
    desk.wait_for(lambda: setup.start.isEnabled())
    assert desk.window.number == 0 and not desk.records()
    # Here it goes.
    hands.place.setCurrentIndex(0)
    hands.place.activated.emit(0)
    assert not hands.problem.isVisible()


@pytest.mark.peers
@pytest.mark.slow
def test_a_cluster_trains_the_trials(desk: SweepDesk, tmp_path_factory: pytest.TempPathFactory) -> None:
    pytest.importorskip("distributed")
    from tests.experiments.sweeps.dask_cluster import DaskCluster

    with DaskCluster(tmp_path_factory.mktemp("cluster"), workers=1) as cluster:
        choose_cluster(desk, cluster.address)
        desk.window.setup.search.form.editor("trials").setValue(2)
        desk.settle()
        desk.window.setup.start.click()
        desk.wait_for(lambda: desk.window.watched is not None and desk.window.watched.record.state == DONE)
        desk.wait_for(lambda: not desk.work.running.is_busy)
    assert [trial.state for trial in desk.trials()] == [DONE] * 2 and all(trial.run for trial in desk.trials())
