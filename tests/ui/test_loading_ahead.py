"""Views are loaded after the first frame, one at a time, while training stands."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from nnlab.probes import Answer, Moment
from nnlab.ui import loading_ahead
from nnlab.ui.activity import Activity
from nnlab.ui.loading_ahead import LoadingAhead
from nnlab.ui.messages import FrameAnswer, Progress


class Run(QObject):
    """As much of a session as is asked for."""

    frame = Signal(object)
    progress = Progress()

    def show(self, **probes: Answer) -> None:
        """A frame with these answers."""
        self.frame.emit(FrameAnswer(1, self.progress, [], probes))


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was loaded of three views."""
    loaded: list[str] = []

    def row(name: str) -> SimpleNamespace:
        return SimpleNamespace(make=SimpleNamespace(load=lambda: loaded.append(name)))

    monkeypatch.setattr(loading_ahead, "VIEWS", {name: row(name) for name in "abc"})
    monkeypatch.setattr(loading_ahead, "_BETWEEN", 10)
    return loaded


def test_views_are_loaded_one_after_the_other_from_the_first_frame_on(loaded: list[str], qtbot: QtBot):
    run = Run()
    ahead = LoadingAhead(run, run)
    run.show()
    qtbot.wait(50)
    assert not loaded, "a frame without answers is none to look at"
    run.show(network=Answer(Moment(), 1))
    assert not loaded
    qtbot.waitUntil(lambda: not ahead._timer.isActive(), timeout=5000)
    assert loaded == ["a", "b", "c"]
    run.show(network=Answer(Moment(), 1))
    assert not ahead._timer.isActive()


def test_nothing_is_loaded_while_training_runs(loaded: list[str], qtbot: QtBot):
    run = Run()
    ahead = LoadingAhead(run, run)
    run.progress = Progress(Activity.RUNNING)
    run.show(network=Answer(Moment(), 1))
    qtbot.wait(100)
    assert not loaded
    run.progress = Progress(Activity.PAUSED)
    qtbot.waitUntil(lambda: not ahead._timer.isActive(), timeout=5000)
    assert loaded == ["a", "b", "c"]
