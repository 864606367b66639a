"""Readers of the store end when they are closed, whatever they were doing."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from nnlab.ui.runs_panel.reader import Reader
from nnlab.ui.seeds.reader import SeedsReader
from nnlab.ui.store_looker import StoreLooker, StoreReader
from nnlab.ui.sweeps.reader import SweepReader


@pytest.mark.parametrize("make", [Reader, SeedsReader, SweepReader], ids=["runs", "seeds", "sweeps"])
@pytest.mark.parametrize("looks", [False, True])
def test_a_reader_that_is_closed_has_ended_and_tells_nothing_more(
    make: Callable[[], StoreReader], looks: bool, qtbot: QtBot
):
    reader = make()
    if looks:
        reader.follow(True)
        qtbot.waitUntil(lambda: reader._worker._store is not None, timeout=20_000)
    reader.close()
    assert not reader._thread.isRunning() and reader._worker._store is None and reader._worker._timer is None
    reader.follow(True)
    assert not reader._thread.isRunning()


def test_none_of_them_overrides_the_slot_that_its_wire_waits_for():
    kinds = StoreLooker.__subclasses__()
    assert len(kinds) >= 3 and not [kind for kind in kinds if "stop" in vars(kind)]
