"""Saving: whatever goes wrong, the old file is still there byte for byte, and nothing else is left behind."""

import errno
import os
import stat
import subprocess
import sys
import time
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


def test_of_a_folder_that_is_missing_it_is_said(tmp_path: Path):
    with pytest.raises(SaveError) as caught:
        write_atomically(tmp_path / "later" / "file.bin", NEW)
    assert_one_sentence(caught.value, f"there is no folder {tmp_path / 'later'}", "choose another place")


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


def test_a_symbolic_link_stays_and_the_file_behind_it_is_replaced(path: Path, tmp_path: Path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link, relative = folder / "link", folder / "relative"
    link.symlink_to(path)
    relative.symlink_to(Path("link"))
    for name in (link, relative):
        path.write_bytes(OLD)
        write_atomically(name, NEW)
        assert name.is_symlink()
        assert path.read_bytes() == NEW
    assert sorted(entry.name for entry in folder.iterdir()) == ["link", "relative"]


def test_a_link_to_a_file_that_is_not_there_yet_makes_it(tmp_path: Path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_atomically(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_bytes() == NEW


def test_links_in_a_circle_are_told(tmp_path: Path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(SaveError, match="not saved"):
        write_atomically(tmp_path / "a", NEW)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "b"]


def test_what_a_killed_process_left_is_swept_when_it_is_old(path: Path):
    killed = (
        "import os, signal, sys; from pathlib import Path; from nnlab.atomic_file import write_atomically;"
        "os.replace = lambda *names: os.kill(os.getpid(), signal.SIGKILL);"
        "write_atomically(Path(sys.argv[1]), b'half')"
    )
    subprocess.run([sys.executable, "-B", "-c", killed, str(path)], check=False)
    (left,) = (entry for entry in path.parent.iterdir() if entry != path)
    write_atomically(path, NEW)
    # It may be another process's that is writing now.
    assert left.exists()
    yesterday = time.time() - 86_400
    os.utime(left, (yesterday, yesterday))
    mine = path.with_name(".mine")
    mine.touch()
    os.utime(mine, (yesterday, yesterday))
    write_atomically(path, NEW)
    assert sorted(path.parent.iterdir()) == sorted([mine, path])


def test_a_name_as_long_as_file_systems_allow_can_be_saved(tmp_path: Path):
    longest = tmp_path / ("n" * 250)
    write_atomically(longest, NEW)
    assert longest.read_bytes() == NEW
