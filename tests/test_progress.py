"""The progress bar says names as they are, and nothing in them acts on the terminal."""

import io
import os
import re
import subprocess
import sys

import pytest

from nnlab.cli import main
from nnlab.progress import work_progress
from nnlab.resources import resource


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_name_is_neither_markup_nor_an_escape_code(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with work_progress() as report:
        report("reading [bold]a\x1b]0;b\n[/nothing]", 0.5)
    assert "reading [bold]a?]0;b?[/nothing]" in terminal.getvalue()


def test_a_gradient_check_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["gradcheck", str(resource("examples", "xor.toml")), "--json"]) == 0
    assert re.search(r"parameter [0-9,]+ of ([0-9,]+)", terminal.getvalue())
    assert '"passed": true' in capsys.readouterr().out


def test_a_closed_stream_leaves_its_number_to_no_file():
    code = (
        "import os, sys; from nnlab.terminal import prepare_streams; prepare_streams();"
        "file = open(os.devnull); sys.exit(file.fileno() > 2)"
    )
    line = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", sys.executable, "-c", code]
    assert subprocess.run(line, check=False, env=os.environ).returncode == 1
