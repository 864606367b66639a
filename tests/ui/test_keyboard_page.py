"""All keys stand on one page beside the window, and what is typed leaves those that are looked for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnlab.ui.actions import ACTIONS, keys_text
from nnlab.ui.keyboard_page.keys import KeyLine, key_sections
from nnlab.ui.keyboard_page.page import KeyboardPage
from nnlab.ui.main_window import MainWindow
from tests.ui.conftest import Driver

# The platform's standard keys are known to an application alone.
pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def page(xor: MainWindow, driver: Driver) -> KeyboardPage:
    xor.activateWindow()
    QTest.keyClick(xor, Qt.Key.Key_F1)
    (page,) = xor.findChildren(KeyboardPage)
    driver.wait_for(lambda: page.isVisible() and page.search.hasFocus())
    return page


def shown(page: KeyboardPage) -> list[KeyLine]:
    return [line for section in page.sections for line in section.shown]


def test_every_key_of_the_table_is_on_it_in_the_section_of_its_menu() -> None:
    sections = {section.title: section.lines for section in key_sections()}
    for row in ACTIONS.values():
        if row.keys and keys_text(row):
            line = KeyLine(tuple(keys_text(row).split(", ")), row.help or row.words.rstrip("…"))
            assert line in sections[f"{row.menu} menu"]


def test_no_key_stands_in_words_that_a_person_does_not_know() -> None:
    for section in key_sections():
        for line in section.lines:
            assert line.what and all(line.keys)
            assert not {"Right", "Left", "Return", "PgUp", "Delete"} & {part for key in line.keys for part in key.split("+")}


def test_it_leaves_the_window_free(page: KeyboardPage, xor: MainWindow, driver: Driver) -> None:
    assert not page.isModal()
    xor.activateWindow()
    xor.setFocus()
    driver.wait_for(xor.hasFocus)
    QTest.keyClick(xor, Qt.Key.Key_Right)
    driver.wait_for(lambda: xor.session.progress.step == 1)
    driver.settle(xor)
    xor.commands["keyboard"].trigger()
    assert xor.findChildren(KeyboardPage) == [page]


def test_what_is_typed_leaves_the_lines_that_have_it(page: KeyboardPage) -> None:
    everything = len(shown(page))
    QTest.keyClicks(page.search, "undo a setting")
    assert [line.keys for line in shown(page)] == [(keys_text(ACTIONS["undo"]),)]
    page.search.setText("shift+")
    assert 1 < len(shown(page)) < everything
    assert all("Shift+" in " ".join(line.keys) for line in shown(page))
    page.search.setText("timeline")
    assert ("Home", "End") in [line.keys for line in shown(page)]
    page.search.setText("no such thing")
    assert not shown(page) and page._nothing.isVisible()
    page.search.setText("")
    assert len(shown(page)) == everything and not page._nothing.isVisible()


def test_escape_closes_it(page: KeyboardPage, driver: Driver) -> None:
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    driver.wait_for(lambda: not page.isVisible())
