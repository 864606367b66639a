"""What was saved is told where it was asked for, with a way to its folder."""

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from nnlab.ui.told_line import ToldLine
from tests.ui.conftest import Driver, example


def test_only_beside_what_was_saved_is_there_a_way_to_its_folder(driver: Driver) -> None:
    files = driver.open(example("xor")).files
    line = ToldLine(files)
    driver.qtbot.addWidget(line)
    assert not line.isVisibleTo(None)
    files.tell_written("The table was saved in /there/table.csv.", Path("/there/table.csv"))
    assert line.text() == "The table was saved in /there/table.csv."
    assert line.isVisibleTo(None) and line.button.isVisibleTo(line)
    files.message.emit("/there/table.csv cannot be written: no space is left.")
    assert "no space" in line.text() and not line.button.isVisibleTo(line)
    line.setText("")
    assert not line.isVisibleTo(None)


def test_the_folder_is_that_of_what_was_saved_last(driver: Driver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url)) or True)
    window = driver.open(example("xor"))
    driver.finish(window)
    window.benchmarking.open()
    shown = window.benchmarking.window
    assert shown is not None
    window.files.export(window.stage.current, tmp_path / "network.png")
    assert shown.said.text() == f"{window.stage.current.title} was saved in {tmp_path / 'network.png'}."
    shown.said.button.click()
    assert opened == [QUrl.fromLocalFile(str(tmp_path))]
    shown.close()
