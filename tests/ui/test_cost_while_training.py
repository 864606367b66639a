"""What runs while a model trains touches only what has changed: nothing is laid out anew, and nobody paints for nothing."""

import gc
from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnlab.ui.garbage import Garbage
from nnlab.ui.main_window import MainWindow
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.explained import set_tooltip
from nnlab.ui.widgets.folding_row import FoldingRow
from tests.ui.conftest import Driver, example

FRAMES = 16


class Heard(QObject):
    """Counts the events of one kind by the widgets that they came to."""

    def __init__(self, kind: QEvent.Type) -> None:
        super().__init__()
        self.kind, self.counts = kind, Counter[QObject]()
        QApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == self.kind:
            self.counts[watched] += 1
        return False

    def __enter__(self) -> Counter[QObject]:
        return self.counts

    def __exit__(self, *_: object) -> None:
        QApplication.instance().removeEventFilter(self)


@pytest.fixture
def window(driver: Driver) -> MainWindow:
    """One that trains for long, with four views."""
    window = driver.open(example("digits-mlp", epochs=10_000))
    window.stage.arrange(4)
    driver.settle(window)
    window.run_bar.run.click()
    see_frames(driver, window)
    return window


def see_frames(driver: Driver, window: MainWindow) -> None:
    """Until so many more have come."""
    seen: list[object] = []
    window.session.frame.connect(seen.append)
    driver.wait_for(lambda: len(seen) >= FRAMES)
    window.session.frame.disconnect(seen.append)


def test_training_paints_no_setting(driver: Driver, window: MainWindow) -> None:
    setup = (window.dataset_panel, window.architecture_panel, window.training_panel)
    with Heard(QEvent.Type.Paint) as painted:
        see_frames(driver, window)
    assert sum(painted.values()) > FRAMES
    inside = [widget for widget in painted for panel in setup if isinstance(widget, QWidget) and panel.isAncestorOf(widget)]
    assert inside == []


def test_training_lays_out_the_window_for_no_number(driver: Driver, window: MainWindow) -> None:
    with Heard(QEvent.Type.LayoutRequest) as asked:
        see_frames(driver, window)
    # A figure gets another digit now and then.
    assert asked[window] <= FRAMES // 2
    with Heard(QEvent.Type.ToolTipChange) as told:
        see_frames(driver, window)
    assert sum(told.values()) <= FRAMES


def asked_until_all_is_placed() -> set[QObject]:
    """Who is asked to lay out what it holds: one asks the next."""
    found: set[QObject] = set()
    asked: Counter[QObject] | None = None
    while asked is None or asked:
        with Heard(QEvent.Type.LayoutRequest) as asked:
            QApplication.processEvents()
        found |= set(asked)
    return found


def laid_out(qtbot: QtBot, line: QWidget) -> QMainWindow:
    """A window with the line in a layout inside another one, with nothing left to be laid out."""
    window, holder, parent = QMainWindow(), QWidget(), QWidget()
    outer = QVBoxLayout(holder)
    outer.addWidget(parent)
    QHBoxLayout(parent).addWidget(line)
    window.setCentralWidget(holder)
    window.resize(600, 200)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    asked_until_all_is_placed()
    return window


@pytest.mark.parametrize(
    ("width", "text", "is_asked"), [(200, "step 12,345", False), (0, "step 9", False), (0, "step 1,234", True)]
)
def test_a_line_asks_for_another_place_only_where_it_would_like_another(
    qtbot: QtBot, width: int, text: str, is_asked: bool
) -> None:
    line = Elided("muted", width)
    line.setText("step 1")
    window = laid_out(qtbot, line)
    line.setText(text)
    assert bool(asked_until_all_is_placed()) == is_asked and line.window() is window
    assert line.text() == line.shown == text


def test_the_same_words_again_paint_nothing(qtbot: QtBot) -> None:
    line = Elided("muted")
    line.offer("step 1, now", "step 1")
    window = laid_out(qtbot, line)
    with Heard(QEvent.Type.Paint) as painted:
        line.offer("step 1, now", "step 1")
        QApplication.processEvents()
    assert not painted[line]
    with Heard(QEvent.Type.Paint) as painted:
        line.offer("step 1, now", "1")
        QApplication.processEvents()
    assert painted[line] and line.window() is window


def test_words_that_fill_a_row_of_controls_move_nothing_but_a_control_does(qtbot: QtBot) -> None:
    row, words, control = FoldingRow(), Elided("muted"), QLineEdit()
    control.setFixedSize(100, 30)
    row.add_filler(words)
    row.addWidget(control)
    window = laid_out(qtbot, row)
    words.setText("a unit with a long name")
    assert asked_until_all_is_placed() <= {row} and words.text() == words.shown and row.window() is window
    control.setFixedSize(160, 44)
    assert asked_until_all_is_placed() > {row}
    assert control.width() == 160 and row.heightForWidth(row.width()) == 44 and row.rect().contains(control.geometry())


def test_a_tooltip_that_is_the_same_is_not_set_again(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    with Heard(QEvent.Type.ToolTipChange) as told:
        for text in ("a", "a", "b", "b", ""):
            set_tooltip(widget, text)
    assert told[widget] == 3 and widget.toolTip() == ""


def test_what_is_old_is_looked_through_once_and_what_is_young_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    garbage = Garbage()
    garbage.start()
    monkeypatch.setattr(gc, "collect", lambda generation=2: looked.append(generation))
    monkeypatch.setattr("nnlab.ui.garbage.time.perf_counter", iter([10.0, 10.02, 11.0, 12.0, 40.0, 40.02]).__next__)
    garbage._old_due = 10.0
    for _ in range(4):
        garbage.collect()
    monkeypatch.undo()
    garbage.stop()
    assert looked == [2, 1, 1, 2]
