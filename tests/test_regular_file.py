"""Only regular files are opened: reading a pipe would wait, and reading a device might never end."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.atomic_file import write_atomically
from nnlab.cli import main
from nnlab.errors import SaveError
from nnlab.regular_file import is_there, open_regular
from nnlab.resources import resource

XOR = str(resource("examples", "xor.toml"))


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def channel(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(folder / "s"))
    return folder / "s"


STRANGE: dict[str, Callable[[Path], Path]] = {"pipe": pipe, "socket": channel, "device": lambda _: Path("/dev/zero")}


@pytest.fixture(params=STRANGE)
def strange(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is no regular file, under another name of any ending; opening it for real would hang."""
    monkeypatch.chdir(tmp_path)
    return STRANGE[request.param](tmp_path)


def test_what_is_no_regular_file_is_not_opened(strange: Path):
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(strange)


def test_a_folder_says_that_it_is_one(tmp_path: Path):
    with pytest.raises(IsADirectoryError, match="directory"):
        open_regular(tmp_path)


def test_a_pipe_that_takes_the_place_of_a_file_does_not_make_it_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place, seen = tmp_path / "file", Path(__file__).stat()
    os.mkfifo(place)
    monkeypatch.setattr(Path, "stat", lambda path: seen)
    opened = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(place)
    assert len(list(Path("/dev/fd").iterdir())) == opened


def test_a_file_is_read_and_knows_its_name(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"content")
    with open_regular(tmp_path / "file") as file:
        assert (file.read(), file.name) == (b"content", str(tmp_path / "file"))


def test_a_pipe_is_not_replaced_by_a_file(tmp_path: Path):
    before = pipe(tmp_path).lstat().st_ino
    with pytest.raises(SaveError, match="not a regular file"):
        write_atomically(tmp_path / "pipe", b"content")
    assert [(path.name, path.lstat().st_ino) for path in tmp_path.iterdir()] == [("pipe", before)]


def test_no_name_is_too_strange_to_ask_for(tmp_path: Path):
    assert is_there(tmp_path)
    assert not any(map(is_there, (tmp_path / "absent", Path("x" * 5000), Path("\0"))))


@pytest.mark.parametrize(
    "words",
    [
        ("train", "{}"),
        ("train", XOR, "--set", "dataset.source.path={}"),
        ("train", XOR, "--set", f"dataset.source.path={__file__}", "--set", "dataset.source.test_path={}"),
        ("train", XOR, "--set", "dataset.encoder={}"),
        ("gradcheck", "{}"),
        ("evaluate", "{}"),
        ("evaluate", "{model}", "--dataset", "{}"),
        ("predict", "{}", "data.csv", "--output", "out.csv"),
        ("predict", "{model}", "{}", "--output", "out.csv"),
        ("datasets", "show", "{}"),
    ],
    ids=" ".join,
)
def test_every_command_refuses_it_in_one_line(strange: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture):
    if "{model}" in words:
        assert main(["train", XOR, "--set", "training.epochs=1"]) == 0
        Path("data.csv").write_text("x,y\n0.5,1\n")
        capsys.readouterr()
    before = strange.lstat().st_ino
    status = main([word.replace("{model}", "xor.safetensors").replace("{}", str(strange)) for word in words])
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert strange.lstat().st_ino == before
