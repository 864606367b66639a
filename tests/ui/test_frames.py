"""The window asks, draws, and only then asks again: a slow screen slows itself, and never the training."""

import pytest
from pytestqt.qtbot import QtBot

from nnlab.ui.frames import Frames


@pytest.fixture
def asked(qtbot: QtBot) -> tuple[Frames, list[object]]:
    """Frames of a run that trains, and all that they have asked for."""
    frames, asked = Frames(lambda: True), []
    frames.wanted.connect(asked.append)
    frames.begin(1)
    frames.start()
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=5000)
    yield frames, asked
    frames.stop()


def test_nothing_is_asked_before_the_last_answer_has_been_drawn(asked, qtbot: QtBot):
    frames, requests = asked
    # Ten frames' time, in which the worker or the screen is busy.
    qtbot.wait(450)
    frames.refresh()
    qtbot.wait(100)
    assert len(requests) == 1
    frames.take_answer()
    qtbot.waitUntil(lambda: len(requests) == 2, timeout=5000)


def test_a_run_that_is_given_up_owes_no_answer_to_the_next(asked, qtbot: QtBot):
    frames, requests = asked
    frames.hold()
    qtbot.wait(150)
    assert len(requests) == 1
    frames.begin(2)
    qtbot.waitUntil(lambda: len(requests) == 2, timeout=5000)
    assert requests[-1].generation == 2


def test_a_run_is_asked_about_as_soon_as_it_is_there_and_no_more_when_the_frames_have_ended(asked, qtbot: QtBot):
    frames, requests = asked
    frames._timer.setInterval(60_000)
    frames.take_answer()
    frames.begin(2)
    assert len(requests) == 1, "who hears of the run has not said yet what is wanted of it"
    qtbot.waitUntil(lambda: len(requests) == 2, timeout=5000)
    frames.take_answer()
    frames.begin(3)
    frames.stop()
    qtbot.wait(100)
    assert len(requests) == 2, "views that are gone were asked"
