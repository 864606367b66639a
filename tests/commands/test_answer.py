"""Answers reach a program exactly and a terminal harmlessly, whatever stands in them and wherever they go."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli import main
from nnlab.commands.answer import answer
from nnlab.resources import resource

XOR = str(resource("examples", "xor.toml"))
BAD = "a\x1b[31m\nforged  1\u202e"


def test_a_number_that_json_has_no_word_for_is_null(capsys: pytest.CaptureFixture):
    answer({"psnr": float("inf"), "r2": float("nan"), "rows": [(1.0, float("-inf"))], "by": {"w": 3e38}}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"psnr": None, "r2": None, "rows": [[1.0, None]], "by": {"w": 3e38}}


def test_json_has_names_letter_by_letter(capsys: pytest.CaptureFixture):
    answer({"name": BAD, "by": {BAD: 1}}, as_json=True)
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": BAD, "by": {BAD: 1}}
    assert out.count("\n") == 1 and out.strip().isascii() and out.strip().isprintable()


def test_lines_for_a_person_hold_nothing_that_acts_on_a_terminal(capsys: pytest.CaptureFixture):
    answer({"name": BAD, "by": {BAD: 1}}, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["name  a?[31m?forged  1?", "by    a?[31m?forged  1? 1"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (float("nan"), "none"), (1.7e9, "1,700,000,000.0000"), (3.2e150, "3.20e+150"), (1e-7, "1.00e-07")],
)
def test_numbers_for_a_person_are_short_and_those_that_are_none_are_called_so(
    value: float | None, text: str, capsys: pytest.CaptureFixture
):
    answer({"r2": value, "mean": {"price": value}}, as_json=False)
    assert capsys.readouterr().out.splitlines() == [f"r2    {text}", f"mean  price {text}"]


def test_a_name_of_a_million_letters_is_exact_for_programs_and_short_for_people(capsys: pytest.CaptureFixture):
    long = "x" * 1_000_000
    answer({"name": long}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"name": long}
    answer({"name": long}, as_json=False)
    assert len(capsys.readouterr().out) < 5000


@pytest.mark.parametrize(
    "words",
    [("train", BAD), ("train", XOR, f"--{BAD}"), ("train", XOR, "--set", BAD), (BAD,), ("datasets", "show", BAD)],
)
def test_a_complaint_is_one_printable_line(words: tuple[str, ...], capsys: pytest.CaptureFixture):
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.endswith("\n") and err.removesuffix("\n").isprintable()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_letters_that_an_encoding_lacks_are_escaped(encoding: str, monkeypatch: pytest.MonkeyPatch):
    streams = [io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2)]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])
    assert main(["datasets"]) == 0
    assert main(["train", "数.toml"]) == 2
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    answer({"name": "数 …"}, as_json=False)
    out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams)
    assert "\\u6570.toml" in err
    assert "name  \\u6570" in out and "usage: nnlab train" in out


def ended(redirected: str, *words: str, folder: Path) -> subprocess.CompletedProcess:
    """A real process whose streams a shell has redirected."""
    line = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "nnlab", *words]
    return subprocess.run(
        line, cwd=folder, capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_mistake_that_nobody_can_be_told_of_still_has_its_status(redirected: str, tmp_path: Path):
    done = ended(redirected, "train", "absent.toml", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize("redirected", [">&-", ">/dev/full"])
@pytest.mark.parametrize("words", [("datasets", "list"), ("--help",), ("--version",)])
def test_an_answer_that_cannot_be_written_is_one_line(redirected: str, words: tuple[str, ...], tmp_path: Path):
    done = ended(redirected, *words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("nnlab: the report could not be written") and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("datasets", "list"), ("--help",), ("train", XOR, "--set", "training.epochs=1", "--json")]
)
def test_a_reader_who_has_ended_is_no_mistake(words: tuple[str, ...], tmp_path: Path):
    """As in `nnlab train x.toml | head`, when head has read enough."""
    near, far = os.pipe()
    os.close(near)
    done = subprocess.run(
        [sys.executable, "-m", "nnlab", *words], cwd=tmp_path, stdout=far, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(far)
    assert (done.returncode, done.stderr) == (141, "")
    assert (tmp_path / "xor.safetensors").exists() == (words[0] == "train")


def test_training_with_closed_streams_still_saves_the_model(tmp_path: Path):
    done = ended("2>&-", "train", XOR, "--set", "training.epochs=1", "--json", folder=tmp_path)
    assert done.returncode == 0
    assert json.loads(done.stdout)["model"] == "xor.safetensors"
    assert [path.name for path in tmp_path.iterdir()] == ["xor.safetensors"]
