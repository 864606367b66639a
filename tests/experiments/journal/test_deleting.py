"""Runs that were deleted can be brought back by who deleted them, as long as that one lives, and are gone after that."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nnlab.errors import RunStoreError
from nnlab.experiments.journal.deleting import Deletions, purge
from nnlab.experiments.journal.room import make_room
from nnlab.experiments.journal.store import RunStore, open_store
from tests.experiments.cases import SMALL
from tests.experiments.journal.kept import Kept

DELETER = """
import sys
from pathlib import Path
from nnlab.experiments.journal.deleting import Deletions
from nnlab.experiments.journal.store import open_store

deletions = Deletions(open_store(Path(sys.argv[1]))[0])
deletions.delete([1])
print("deleted", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """With three runs."""
    for _ in range(3):
        kept = Kept(SMALL, tmp_path, steps=3)
    return kept.store


@pytest.fixture
def other_process(store: RunStore) -> Iterator[subprocess.Popen[str]]:
    """It has deleted run 1, and lives."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", DELETER, str(store.folder)], **pipes) as process:
        assert process.stdout is not None and process.stdout.readline() == "deleted\n"
        yield process
        process.kill()


def numbers(store: RunStore) -> list[int]:
    return [record.number for record in store.runs()]


def test_what_a_process_deleted_stays_hidden_while_it_lives_and_goes_when_it_is_killed(
    store: RunStore, other_process: subprocess.Popen[str]
):
    assert numbers(store) == [3, 2]
    purge(store)
    assert store.folder_of(1).exists()
    other_process.kill()
    other_process.wait()
    purge(store)
    assert not store.folder_of(1).exists()
    assert store.rows("SELECT number FROM runs WHERE number = 1") == []
    assert numbers(store) == [3, 2]


def test_a_run_that_begins_makes_room_of_what_the_dead_left(store: RunStore, other_process: subprocess.Popen[str]):
    other_process.kill()
    other_process.wait()
    make_room(store)
    assert not store.folder_of(1).exists()


def test_nothing_of_the_dead_passes_for_deleted_by_who_has_their_number_next(
    store: RunStore, other_process: subprocess.Popen[str]
):
    other_process.kill()
    other_process.wait()
    deletions = Deletions(store)
    deletions.delete([2])
    deletions.bring_back([1, 2])
    assert numbers(store) == [3, 2]
    assert not store.folder_of(1).exists()


def test_each_brings_back_its_own_alone(store: RunStore):
    one, other = Deletions(store), Deletions(open_store(store.folder)[0])
    one.delete([1])
    other.delete([2, 3])
    one.bring_back([1, 2, 3])
    assert numbers(store) == [1]
    one.end()
    assert numbers(store) == [1]
    other.bring_back([3])
    other.end()
    assert numbers(store) == [3, 1]
    assert sorted(place.name for place in store.folder.iterdir() if place.name.isdecimal()) == ["1", "3"]


def test_a_run_that_is_trained_or_not_there_is_not_deleted_and_neither_are_those_with_it(store: RunStore):
    deletions = Deletions(store)
    lock = store.hold(2)
    assert lock is not None
    with pytest.raises(RunStoreError, match="run 2 is being trained"):
        deletions.delete([1, 2])
    with pytest.raises(RunStoreError, match="there is no run 9"):
        deletions.delete([1, 9])
    assert numbers(store) == [3, 2, 1]
    lock.release()


def test_what_an_earlier_version_hid_is_nobodys(store: RunStore):
    store._connection.execute("UPDATE runs SET is_deleted = 1 WHERE number = 2")
    purge(store)
    assert numbers(store) == [3, 1]
    assert not store.folder_of(2).exists()
