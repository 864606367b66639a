"""Files that are opened outside the window, as macOS tells of them."""

import subprocess
import sys

_TOLD = """
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFileOpenEvent
from nnlab.ui.opened_elsewhere import Application

application, opened = Application(["nnlab"]), []
for name in ("first.toml", "early.toml"):
    QCoreApplication.sendEvent(application, QFileOpenEvent(name))
application.opens(opened.append)
assert opened == [Path("early.toml")], opened
QCoreApplication.sendEvent(application, QFileOpenEvent("later.safetensors"))
assert opened == [Path("early.toml"), Path("later.safetensors")], opened
"""


def test_a_file_waits_for_the_window_and_later_ones_are_opened_at_once():
    told = subprocess.run([sys.executable, "-c", _TOLD], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
