"""The doctor's page in the window: looked at beside the training, told in a sentence, and copied whole."""

from PySide6.QtGui import QGuiApplication

import nnlab
from nnlab.ui.installation import InstallationDialog
from tests.ui.conftest import Driver, example


def test_the_page_is_shown_and_copied(driver: Driver, monkeypatch):
    monkeypatch.setattr("nnlab.desktop.engine_facts._LEAST_MEMORY", 0)
    monkeypatch.setattr("nnlab.desktop.place_facts._LEAST_ROOM", 0)
    window = driver.open(example("xor"))
    window.commands["installation"].trigger()
    (dialog,) = window.findChildren(InstallationDialog)
    assert not dialog.copy.isEnabled()
    driver.wait_for(dialog.copy.isEnabled)
    assert "Nothing is wrong" in dialog.verdict.text()
    dialog.copy.click()
    assert "version" in QGuiApplication.clipboard().text() and nnlab.__version__ in QGuiApplication.clipboard().text()
    dialog.close()


def test_what_is_wrong_stands_above_the_page(driver: Driver, monkeypatch):
    monkeypatch.setattr("nnlab.desktop.place_facts._LEAST_ROOM", 1 << 62)
    window = driver.open(example("xor"))
    window.commands["installation"].trigger()
    (dialog,) = window.findChildren(InstallationDialog)
    driver.wait_for(dialog.copy.isEnabled)
    assert "make room" in dialog.verdict.text()


def test_it_can_be_closed_while_it_looks(driver: Driver):
    window = driver.open(example("xor"))
    window.commands["installation"].trigger()
    (dialog,) = window.findChildren(InstallationDialog)
    dialog.close()
    driver.wait_for(lambda: not window.session.jobs.is_busy)
