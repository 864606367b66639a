"""A lock on a file: one process has it, and those that only look are in nobody's way."""

import errno
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nnlab.file_lock import is_held, take_lock

LOOK = """
import sys
from pathlib import Path
from nnlab.file_lock import is_held
print("looking", flush=True)
while True:
    is_held(Path(sys.argv[1]))
"""


def for_a_while() -> Iterator[None]:
    """Several turns of the processor, however busy it is."""
    until = time.monotonic() + 0.7
    while time.monotonic() < until:
        yield


@contextmanager
def looking(path: Path, count: int) -> Iterator[None]:
    """Real processes, that look all the time."""
    others = [subprocess.Popen([sys.executable, "-c", LOOK, path], stdout=subprocess.PIPE) for _ in range(count)]
    try:
        assert all(other.stdout and other.stdout.readline() for other in others)
        yield
    finally:
        for other in others:
            other.kill()
            other.communicate()


def test_who_has_it_is_alone_until_it_is_released(tmp_path: Path):
    path = tmp_path / "lock"
    assert not is_held(path)
    lock = take_lock(path)
    assert lock is not None
    assert is_held(path)
    assert take_lock(path) is None
    lock.release()
    lock.release()
    assert not is_held(path)


def test_who_only_looks_keeps_nobody_from_taking_it(tmp_path: Path):
    path = tmp_path / "lock"
    path.touch()
    with looking(path, 2):
        for _ in for_a_while():
            lock = take_lock(path)
            assert lock is not None
            assert is_held(path)
            lock.release()


def test_those_that_look_are_in_nobodys_way_among_each_other(tmp_path: Path):
    path = tmp_path / "lock"
    path.touch()
    with looking(path, 1):
        assert not any(is_held(path) for _ in for_a_while())


@pytest.mark.skipif(sys.platform == "win32", reason="locks are others there")
def test_a_place_without_locks_is_not_taken_for_one_where_somebody_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    (tmp_path / "lock").touch()
    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match="No locks"):
        take_lock(tmp_path / "lock")
    with pytest.raises(OSError, match="No locks"):
        is_held(tmp_path / "lock")
