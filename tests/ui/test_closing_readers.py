"""What reads the store beside the window: once it is closed no thread of it begins again."""

import pytest

from nnlab.experiments.places import runs_folder
from nnlab.ui.past import Past
from nnlab.ui.runs_panel.reader import Reader
from nnlab.ui.seeds.reader import SeedsReader
from nnlab.ui.store_looker import StoreLooker
from nnlab.ui.sweeps.reader import SweepReader
from tests.ui.conftest import Driver


@pytest.mark.parametrize("kind", [Reader, SeedsReader, SweepReader])
def test_news_that_was_still_queued_when_it_was_closed_begins_no_thread(
    driver: Driver, kind: type[Reader | SeedsReader | SweepReader]
) -> None:
    reader = kind()
    reader.follow(True)
    assert reader._thread.isRunning()
    reader.close()
    try:
        # As a window does that is hidden, and hears that its seeds train.
        reader.follow(True)
        assert not reader._thread.isRunning()
    finally:
        # Else the test process aborts.
        reader._thread.quit()
        reader._thread.wait()


@pytest.mark.parametrize("kind", [Reader, SeedsReader, SweepReader])
def test_one_that_was_closed_before_anybody_looked_stays_closed(
    driver: Driver, kind: type[Reader | SeedsReader | SweepReader]
) -> None:
    reader = kind()
    reader.close()
    reader.follow(True)
    is_running = reader._thread.isRunning()
    reader._thread.quit()
    reader._thread.wait()
    assert not is_running


def test_the_past_stays_closed_too(driver: Driver) -> None:
    past = Past(runs_folder(), [])
    past.close()
    past.open(1)
    is_running = past._thread.isRunning()
    past._thread.quit()
    past._thread.wait()
    assert not is_running


@pytest.mark.parametrize("kind", [Reader, SeedsReader, SweepReader])
def test_one_that_was_looking_lets_go_of_the_store(driver: Driver, kind: type[Reader | SeedsReader | SweepReader]) -> None:
    reader = kind()
    reader.follow(True)
    driver.wait_for(lambda: reader._worker._store is not None)
    reader.close()
    assert not reader._thread.isRunning() and reader._worker._store is None and reader._worker._timer is None


def test_none_of_them_overrides_the_slot_that_its_wire_waits_for() -> None:
    kinds = StoreLooker.__subclasses__()
    assert len(kinds) >= 3 and not [kind for kind in kinds if "stop" in vars(kind)]
