"""Saving: whatever goes wrong, the old file is still there byte for byte, and nothing else is left behind."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.atomic_file import write_atomically
from nnlab.errors import SaveError
from tests.sentences import assert_one_sentence

OLD, NEW = b"the old content", b"the new content, which is longer"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(OLD)
    return path


def refuse(code: int):
    def call(*arguments, **named):
        raise OSError(code, os.strerror(code))

    return call


def assert_untouched(path: Path) -> None:
    assert path.read_bytes() == OLD
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_holds_the_content(tmp_path: Path):
    write_atomically(tmp_path / "new", NEW)
    assert (tmp_path / "new").read_bytes() == NEW
    assert [entry.name for entry in tmp_path.iterdir()] == ["new"]


def test_the_old_file_is_replaced(path: Path):
    write_atomically(path, NEW)
    assert path.read_bytes() == NEW
    assert list(path.parent.iterdir()) == [path]


def test_a_file_in_the_present_folder_needs_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    write_atomically(Path("here"), NEW)
    assert (tmp_path / "here").read_bytes() == NEW


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("moment", ["tempfile.mkstemp", "os.fsync", "os.chmod", "os.replace"])
def test_a_failure_at_any_moment_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, code: int):
    monkeypatch.setattr(moment, refuse(code))
    with pytest.raises(SaveError) as caught:
        write_atomically(path, NEW)
    monkeypatch.undo()
    assert_one_sentence(caught.value, str(path), os.strerror(code), "unchanged")
    assert_untouched(path)


def test_a_failure_where_nothing_stood_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.fsync", refuse(errno.ENOSPC))
    with pytest.raises(SaveError) as caught:
        write_atomically(tmp_path / "new", NEW)
    monkeypatch.undo()
    assert "unchanged" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch):
    def interrupt(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, NEW)
    monkeypatch.undo()
    assert_untouched(path)


def test_the_content_is_on_the_disk_before_the_name_changes(path: Path, monkeypatch: pytest.MonkeyPatch):
    moments = []
    fsync, replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        moments.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"{os.fstat(handle).st_size} bytes")
        fsync(handle)

    def rename(source, target) -> None:
        moments.append("rename")
        replace(source, target)

    monkeypatch.setattr("os.fsync", sync)
    monkeypatch.setattr("os.replace", rename)
    write_atomically(path, NEW)
    assert moments == [f"{len(NEW)} bytes", "rename", "folder"]


def test_a_file_of_limited_size_is_refused_by_the_system_itself(path: Path):
    code = (
        "import resource, sys; from pathlib import Path; from nnlab.atomic_file import write_atomically;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)); write_atomically(Path(sys.argv[1]), bytes(100_000))"
    )
    words = [sys.executable, "-B", "-c", code, str(path)]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "SaveError" in result.stderr
    assert os.strerror(errno.EFBIG) in result.stderr
    assert_untouched(path)


@pytest.mark.parametrize("place", ["no folder/file", "file.bin/file"])
def test_a_place_that_is_no_folder_is_named(path: Path, place: str):
    with pytest.raises(SaveError) as caught:
        write_atomically(path.parent / place, NEW)
    assert_one_sentence(caught.value, place, "not saved")
    assert_untouched(path)


def test_a_folder_in_the_files_place_is_kept(tmp_path: Path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(SaveError, match="taken: not saved"):
        write_atomically(tmp_path / "taken", NEW)
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


@pytest.mark.parametrize("rights", [0o600, 0o640, 0o644, 0o664])
def test_a_replaced_file_keeps_its_rights(path: Path, rights: int):
    path.chmod(rights)
    write_atomically(path, NEW)
    assert stat.S_IMODE(path.stat().st_mode) == rights


def test_a_new_file_has_the_rights_of_any_new_file(tmp_path: Path):
    (tmp_path / "plain").touch()
    write_atomically(tmp_path / "saved", NEW)
    assert (tmp_path / "saved").stat().st_mode == (tmp_path / "plain").stat().st_mode
