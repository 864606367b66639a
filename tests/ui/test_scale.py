"""How large everything is drawn: chosen in the menu, remembered, in force from the next start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from nnlab.ui.scale import chosen_scale
from tests.ui.conftest import Driver, example

_TOLD = """
import os, sys
from PySide6.QtCore import QSettings
from nnlab.ui.app import _application
application = _application(QSettings(sys.argv[1], QSettings.Format.IniFormat))
print(application.primaryScreen().devicePixelRatio())
print(os.environ.get("QT_SCALE_FACTOR"))
"""


def told_with(memory: Path, **environment: str) -> list[str]:
    """What a fresh process draws a pixel as, and what those that it begins would find in their environment."""
    names = {name: value for name, value in os.environ.items() if name != "QT_SCALE_FACTOR"} | environment
    command = [sys.executable, "-c", _TOLD, str(memory)]
    return subprocess.run(command, env=names, capture_output=True, check=True, text=True).stdout.split()


def test_a_scale_is_remembered_told_and_used_by_the_next_start(driver: Driver, tmp_path: Path):
    window = driver.open(example("xor"))
    window.commands["scale_150"].trigger()
    assert "150 %" in window.notice.text
    assert chosen_scale(window.memory) == 150
    path = Path(window.memory.fileName())
    assert told_with(path) == ["1.5", "None"]
    assert told_with(path, QT_SCALE_FACTOR="2") == ["2.0", "2"]


@pytest.mark.parametrize("text", ["", "large", "1e9", "-100", "101"])
def test_a_scale_that_is_none_counts_as_100(text: str, tmp_path: Path):
    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    memory.setValue("scale", text)
    assert chosen_scale(memory) == 100
