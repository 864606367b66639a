"""Cycles that are made on any thread are freed on the window's, and nothing of that is left when the window closes."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnlab.ui.garbage import Garbage


class Knot:
    """Holds itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture
def garbage() -> Iterator[Garbage]:
    garbage = Garbage()
    garbage.start()
    yield garbage
    garbage.stop()


def make_knots(freed_on: list[int]) -> None:
    """More than Python lets be before it collects."""
    for _ in range(3 * gc.get_threshold()[0]):
        weakref.finalize(Knot(), lambda: freed_on.append(threading.get_ident()))


def on_another_thread(work: object) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_cycles_of_another_thread_are_freed_on_the_windows(qtbot: QtBot, garbage: Garbage):
    freed_on: list[int] = []
    on_another_thread(lambda: make_knots(freed_on))
    assert not freed_on
    qtbot.waitUntil(lambda: len(freed_on) == 3 * gc.get_threshold()[0], timeout=60_000)
    assert set(freed_on) == {threading.get_ident()}


def test_it_goes_on_collecting(qtbot: QtBot, garbage: Garbage):
    for _ in range(2):
        knot = weakref.ref(Knot())
        qtbot.waitUntil(lambda knot=knot: knot() is None, timeout=60_000)


def test_what_was_there_before_is_not_looked_through_again(garbage: Garbage):
    # A few are made while this test runs.
    assert gc.get_freeze_count() > 100 * len(gc.get_objects())


def test_when_it_stops_python_collects_by_itself_again():
    garbage = Garbage()
    garbage.start()
    assert not gc.isenabled()
    garbage.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    freed_on: list[int] = []
    on_another_thread(lambda: make_knots(freed_on))
    assert freed_on
