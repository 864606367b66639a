"""Where helpers cannot be had, or do not last, a run goes on without: to the same bits, and it says why in a sentence."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.experiments.assembly import assemble
from nnlab.training import TrainingRun
from nnlab.training.crew.engaging import engage
from tests.sentences import assert_one_sentence
from tests.training.crew.crews import crew_of, crewed, divided
from tests.training.crew.test_crew import CNN, all_steps, assert_same

pytestmark = pytest.mark.slow


def assert_alone(run: TrainingRun, why: str, *words: str) -> None:
    """It makes by itself what two helpers would make."""
    assert_one_sentence(Exception(why), *words)
    alone = divided(CNN, 2)
    all_steps(run), list(alone)
    assert_same(run, alone)


@contextmanager
def limited(name: str, size: int) -> Iterator[None]:
    """The system gives this process no more than so many bytes."""
    resource = pytest.importorskip("resource")
    kind = getattr(resource, name)
    before = resource.getrlimit(kind)
    resource.setrlimit(kind, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(kind, before)


def forbidden(*_: object) -> int:
    raise PermissionError(1, "Operation not permitted")


@contextmanager
def without_memfd() -> Iterator[None]:
    """As where the system forbids it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "memfd_create", forbidden, raising=False)
        yield


@contextmanager
def without_room_to_map() -> Iterator[None]:
    """For what a crew needs there are no addresses left."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        pytest.skip("what this process has mapped cannot be seen here")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nnlab.training.crew.board._MOST_POSITIONS", 1 << 23)
        with limited("RLIMIT_AS", int(pages.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") + (1 << 25)):
            yield


WITHOUT_MEMORY = {
    "full": (lambda: limited("RLIMIT_FSIZE", 1 << 16), "File too large"),
    "forbidden": (without_memfd, "Operation not permitted"),
    "no addresses": (without_room_to_map, "Cannot allocate memory"),
}


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="memory is shared otherwise here")
@pytest.mark.parametrize("name", WITHOUT_MEMORY)
def test_where_no_memory_can_be_shared_a_run_computes_the_parts_itself(name: str):
    hindered, words = WITHOUT_MEMORY[name]
    run = assemble(CNN, [])
    with hindered():
        why = engage(run, CNN.model, 2)
    assert run.crew is None
    assert_alone(run, why, "no memory can be shared with helpers", words)


def assert_has_helpers() -> None:
    alone = divided(CNN, 2)
    list(alone)
    with crewed(CNN, 2) as run:
        all_steps(run)
        assert crew_of(run).has_worked
    assert_same(run, alone)


def test_where_there_is_no_room_for_the_examples_it_does_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nnlab.training.crew.called_helpers.SECONDS_ALONE", -1.0)
    run = assemble(CNN, [])
    assert engage(run, CNN.model, 2) == ""
    with limited("RLIMIT_FSIZE", 64):
        run.stretch(0.01)
    assert_alone(run, crew_of(run).trouble, "no helper can be started", "File too large")


def test_without_files_in_memory_it_is_shared_by_one_on_the_disk(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    assert_has_helpers()


def no_process(*_: object) -> None:
    raise OSError(11, "Resource temporarily unavailable")


def only_copies(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(multiprocessing, "get_all_start_methods", lambda: ["fork"])


def no_more_processes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("multiprocessing.context.SpawnProcess.start", no_process)


@pytest.mark.parametrize(
    ("hinder", "words"),
    [(no_more_processes, "Resource temporarily unavailable"), (only_copies, "starts no fresh processes")],
)
def test_where_no_process_can_be_started_it_does_too(
    hinder: Callable[[pytest.MonkeyPatch], None], words: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("nnlab.training.crew.called_helpers.SECONDS_ALONE", -1.0)
    hinder(monkeypatch)
    run = assemble(CNN, [])
    assert engage(run, CNN.model, 2) == ""
    run.stretch(0.01)
    assert_alone(run, crew_of(run).trouble, "no helper can be started", words)


def test_a_system_that_cannot_copy_processes_has_helpers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "fork", raising=False)
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert_has_helpers()


def test_where_helpers_keep_ending_training_goes_on_without(monkeypatch: pytest.MonkeyPatch):
    long = replace(CNN, training=replace(CNN.training, epochs=30))
    alone = divided(long, 2)
    list(alone)
    monkeypatch.setattr("nnlab.training.crew.called_helpers._MOST_DEATHS", 1)
    with crewed(long, 2) as run:
        os.kill(crew_of(run).process_numbers[0], signal.SIGKILL)
        all_steps(run)
        assert "ended 1 times" in crew_of(run).trouble
    assert_same(run, alone)


def test_helpers_that_end_before_they_are_there_are_not_called_for_ever(monkeypatch: pytest.MonkeyPatch):
    run = assemble(CNN, [])
    monkeypatch.setattr("nnlab.training.crew.called_helpers.SECONDS_ALONE", -1.0)
    monkeypatch.setattr("nnlab.training.crew.called_helpers._MOST_DEATHS", 2)
    assert engage(run, CNN.model, 2) == ""
    crew, until = crew_of(run), time.monotonic() + 60
    while not crew.trouble:
        assert not crew.have_come()
        for number in crew.process_numbers:
            os.kill(number, signal.SIGKILL)
        assert time.monotonic() < until
    assert "ended 2 times" in crew.trouble
    all_steps(run)
    assert run.epoch == CNN.training.epochs
