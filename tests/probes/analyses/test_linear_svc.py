"""scikit-learn's solver in a process of its own: the same answer, ended when told to, and never left behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from threading import active_count

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.svm import LinearSVC

from nnlab.errors import CancelledError, NnlabError
from nnlab.probes.analyses import linear_svc
from nnlab.probes.analyses.linear_svc import fit_linear_svc

pytestmark = pytest.mark.slow


def clouds(classes: int, count: int = 300, dims: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clouds of points, of labels that do not follow on each other."""
    rng = np.random.default_rng(classes)
    labels = rng.integers(0, classes, count)
    inputs = rng.normal(size=(count, dims)) + rng.normal(size=(classes, dims))[labels]
    return inputs.astype(np.float32), 2 * labels + 1


def endless() -> tuple[np.ndarray, np.ndarray]:
    """Minutes of work: labels that no line can follow."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(10_000, 500)).astype(np.float32), rng.integers(0, 10, 10_000)


def peaceful() -> None:
    """Nobody wants to stop it."""


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.filterwarnings("ignore", category=ConvergenceWarning)
def test_the_process_finds_what_the_library_finds(classes: int):
    inputs, labels = clouds(classes)
    found = fit_linear_svc(inputs, labels, 1.0, peaceful)
    library = LinearSVC(C=1.0, loss="hinge", intercept_scaling=10, random_state=0).fit(inputs, labels)
    np.testing.assert_array_equal(found.weight, library.coef_)
    np.testing.assert_array_equal(found.bias, library.intercept_)
    np.testing.assert_array_equal(found.predict(inputs), library.predict(inputs))
    assert (found.iterations, found.most_iterations) == (library.n_iter_, library.max_iter)


def test_the_seconds_are_those_of_the_fit_alone():
    started = time.perf_counter()
    found = fit_linear_svc(*clouds(2, 20, 2), 1.0, peaceful)
    # The start of an interpreter and the import of the library take hundreds of times as long.
    assert 0 < found.seconds < 0.5 * (time.perf_counter() - started)


@pytest.mark.parametrize("after", [0, 1, 60], ids=lambda after: f"after {after} waits")
def test_a_cancel_ends_it_at_once(after: int, monkeypatch: pytest.MonkeyPatch):
    inputs, labels = endless()
    started, threads, waits, cancelled = [], active_count(), 0, 0.0
    monkeypatch.setattr(linear_svc, "_started", lambda begin=linear_svc._started: started.append(begin()) or started[0])

    def cancel() -> None:
        nonlocal waits, cancelled
        waits += 1
        if waits > after:
            cancelled = time.perf_counter()
            raise CancelledError("cancelled")

    with pytest.raises(CancelledError):
        fit_linear_svc(inputs, labels, 1.0, cancel)
    assert time.perf_counter() - cancelled < 10
    assert started[0].poll() is not None
    assert active_count() == threads


def test_a_process_that_ends_without_an_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for status, word in ((linear_svc.program.OUT_OF_MEMORY, "memory"), (7, "exit status 7")):
        broken = tmp_path / f"{status}.py"
        broken.write_text(f"raise SystemExit({status})")
        monkeypatch.setattr(linear_svc.program, "__file__", str(broken))
        with pytest.raises(NnlabError, match=word):
            fit_linear_svc(*clouds(2), 1.0, peaceful)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(NnlabError, match="no process can be started"):
        fit_linear_svc(*clouds(2), 1.0, peaceful)


@pytest.mark.skipif(os.name != "posix", reason="looks at processes as POSIX has them")
@pytest.mark.parametrize("after", [0, 60], ids=["while it starts", "while it fits"])
def test_nothing_is_left_behind_when_the_one_who_waits_is_killed(after: int):
    code = f"""
        import itertools, os, signal
        from nnlab.probes.analyses import linear_svc
        from tests.probes.analyses.test_linear_svc import endless

        begin, waits = linear_svc._started, itertools.count()

        def told():
            process = begin()
            print(process.pid, flush=True)
            return process

        def die():
            if next(waits) >= {after}:
                os.kill(os.getpid(), signal.SIGKILL)

        linear_svc._started = told
        linear_svc.fit_linear_svc(*endless(), 1.0, die)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert has_ended(int(done.stdout))


def has_ended(process: int) -> bool:
    """Whether it ends within a few seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True  # dead, but nobody has asked for its status
        os.sched_yield()
    os.kill(process, signal.SIGKILL)
    return False
