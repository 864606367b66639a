"""Controls that there is no room for lie in a drawer: the same widgets, within reach of the keyboard, and none is lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnlab.ui.theme import LIGHT
from nnlab.ui.widgets.elided import Elided
from nnlab.ui.widgets.flow import captioned
from nnlab.ui.widgets.folding_row import FoldingRow
from tests.ui.conftest import Driver, example

# Higher than the style sheet lets a field be at the least.
COUNT, WIDE, HIGH = 5, 100, 30


class Row:
    """Five controls of 100 x 30 pixels and a line of text above something else that takes the focus."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        # A window's own size hints change with what it holds, which no offscreen platform can tell a window manager.
        self.host = QWidget()
        self.host.resize(1400, 400)
        self.window, self.row, self.text = QWidget(self.host), FoldingRow(), Elided()
        self.row.apply_theme(LIGHT)
        self.row.add_filler(self.text)
        self.parts = [QLineEdit(str(number)) for number in range(COUNT)]
        for part in self.parts:
            part.setFixedSize(WIDE, HIGH)
            self.row.addWidget(part)
        self.below = QLineEdit()
        column = QVBoxLayout(self.window)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.row)
        column.addWidget(self.below)
        column.addStretch(1)
        qtbot.addWidget(self.host)
        self.widen(1200)
        with qtbot.waitExposed(self.host):
            self.host.show()
        self.host.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is self.host)

    def widen(self, width: int) -> None:
        self.window.resize(width, 300)
        QApplication.processEvents()

    @property
    def folded(self) -> list[QWidget]:
        return [part for part in self.parts if part.window() is self.row.drawer]

    def tab(self) -> QWidget:
        self.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        return QApplication.focusWidget()


@pytest.fixture
def row(qtbot: QtBot) -> Row:
    return Row(qtbot)


def test_what_does_not_fit_in_a_line_is_folded_and_comes_back_the_same(row: Row) -> None:
    assert not row.folded and not row.row.more.isVisible()
    row.parts[3].setText("typed")
    row.widen(340)
    assert row.folded == row.parts[2:] and row.row.more.isVisible()
    assert row.row.more.geometry().right() < 340 and row.parts[1].geometry().right() < row.row.more.x()
    assert not any(part.isVisible() for part in row.folded)
    row.widen(COUNT * (WIDE + 8))
    assert not row.folded and not row.row.more.isVisible() and all(part.isVisible() for part in row.parts)
    assert [part.x() for part in row.parts] == [number * (WIDE + 8) for number in range(COUNT)]
    assert row.parts[3].text() == "typed"


@pytest.mark.parametrize("lines", [1, 2])
@pytest.mark.parametrize("width", [120, 240, 340, 500, 560, 700, 900])
def test_nothing_lies_on_anything_else_and_the_height_is_foretold(row: Row, width: int, lines: int) -> None:
    row.widen(1200)
    row.row.allow_lines(lines)
    foretold = row.row.heightForWidth(width)
    row.widen(width)
    assert row.row.height() == foretold == row.row.heightForWidth(width)
    shown = [part for part in (*row.parts, row.row.more, row.text) if part.isVisible()]
    for part in shown:
        assert row.row.rect().contains(part.geometry())
        assert not any(other.geometry().intersects(part.geometry()) for other in shown if other is not part)
    tops = {part.y() // HIGH for part in row.parts if part.isVisible()}
    assert len(tops) <= lines or width < WIDE + 40
    # None is folded that would have had room.
    room = lines * (width + 8) // (WIDE + 8)
    assert len(row.folded) <= max(COUNT - room + lines, 0)


def test_a_second_line_has_room_for_more(row: Row) -> None:
    row.widen(340)
    row.row.allow_lines(2)
    QApplication.processEvents()
    assert not row.folded and row.parts[3].y() > row.parts[2].y()


def test_what_is_hidden_takes_no_room_and_stays_hidden_wherever_it_lies(row: Row) -> None:
    row.widen(340)
    row.parts[0].hide()
    QApplication.processEvents()
    assert row.folded == row.parts[3:]
    row.parts[4].hide()
    QApplication.processEvents()
    # Four are left, of which the last has room now that no button is needed.
    assert not row.folded or row.row.more.isVisible()
    row.widen(1200)
    assert row.parts[0].isHidden() and row.parts[4].isHidden()
    row.parts[4].show()
    row.widen(340)
    assert row.parts[4] in row.folded and not row.parts[4].isHidden()


def test_the_focus_is_not_lost_with_what_is_folded(row: Row) -> None:
    row.parts[3].setFocus()
    row.widen(340)
    assert QApplication.focusWidget() is row.row.more
    row.widen(1200)
    assert QApplication.focusWidget() is row.parts[3]
    # Who has gone on to something else is not called back.
    row.widen(340)
    row.below.setFocus()
    row.widen(1200)
    assert QApplication.focusWidget() is row.below


def test_tab_goes_from_left_to_right_whatever_was_folded_before(row: Row) -> None:
    for width in (340, 230, 1200):
        row.widen(width)
    row.parts[0].setFocus()
    assert [row.tab() for _ in range(COUNT)] == [*row.parts[1:], row.below]
    row.widen(340)
    row.parts[0].setFocus()
    assert [row.tab() for _ in range(3)] == [row.parts[1], row.row.more, row.below]


def test_the_keyboard_opens_the_drawer_goes_through_it_and_leaves_it(row: Row) -> None:
    row.widen(340)
    row.row.more.setFocus()
    row.qtbot.keyClick(row.row.more, Qt.Key.Key_Space)
    row.qtbot.waitUntil(row.row.drawer.isVisible)
    assert QApplication.focusWidget() is row.parts[2] and row.tab() is row.parts[3]
    assert all(part.isVisible() for part in row.folded)
    tops = [part.y() for part in row.folded]
    assert tops == sorted(set(tops))
    row.qtbot.keyClick(row.row.drawer, Qt.Key.Key_Escape)
    assert not row.row.drawer.isVisible()
    row.qtbot.waitUntil(lambda: QApplication.focusWidget() is row.row.more)


def test_nothing_is_taken_out_of_an_open_drawer(row: Row) -> None:
    row.widen(340)
    row.row.more.click()
    row.qtbot.waitUntil(row.row.drawer.isVisible)
    row.parts[0].hide()
    row.parts[1].hide()
    QApplication.processEvents()
    assert row.folded == row.parts[2:]
    row.row.drawer.close()
    assert not row.folded


def test_captions_are_aligned_in_the_drawer_and_nowhere_else(qtbot: QtBot) -> None:
    row, pairs = FoldingRow(), [captioned(words, QPushButton("x")) for words in ("A", "Temperature")]
    qtbot.addWidget(row)
    row.addWidget(QPushButton("first"))
    for pair in pairs:
        row.addWidget(pair)
    row.resize(130, 60)
    with qtbot.waitExposed(row):
        row.show()
    narrow = pairs[0].sizeHint().width()
    row.more.click()
    qtbot.waitUntil(row.drawer.isVisible)
    qtbot.waitUntil(lambda: pairs[0].caption.width() == pairs[1].caption.width())
    row.drawer.close()
    assert pairs[0].sizeHint().width() == narrow


def test_the_drawer_of_a_view_follows_the_theme_and_its_controls_work(driver: Driver) -> None:
    window = driver.open(example("digits-mlp", epochs=1))
    window.resize(1280, 800)
    window.stage.arrange(4)
    view = driver.see(window, "network")
    driver.wait_for(view.controls.more.isVisible)
    for mode in ("dark", "light"):
        window.appearance.choose(mode)
        view.controls.more.click()
        driver.wait_for(view.controls.drawer.isVisible)
        ground = view.controls.drawer.grab().toImage().pixelColor(4, 4).name().upper()
        assert ground == window.appearance.theme.surface.upper()
        view.controls.drawer.close()
    view.controls.more.click()
    view.switch.buttons["gradients"].click()
    assert view.switch.choice == "gradients"
    view.controls.drawer.close()
