"""Processes that are spawned beside this one: deaf to the signals that are for their parent to answer, and gone with it."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import process, resource_tracker
from pathlib import Path

# They tell every library that NumPy, PyTorch and scikit-learn compute with how many threads to make.
THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
# A terminal sends them to all of its processes; the parent says what is to be done.
_LEFT_TO_PARENT = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextmanager
def deaf_from_birth() -> Iterator[None]:
    """A process that is started within hears none of those signals, not even before it can say so itself."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python's own process beside those that are spawned: to start it changes the mask, too.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _LEFT_TO_PARENT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def check_main_file() -> None:
    """Raise RuntimeError where no process can be spawned: each begins with the file of the script that runs here."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if getattr(main, "__spec__", None) is not None or path is None:
        # A module is found by its name; of what was typed there is nothing to begin with.
        return
    if not (Path(getattr(process, "ORIGINAL_DIR", None) or "") / path).exists():
        raise RuntimeError(
            "this script comes from standard input, and helpers begin with its file: save it as a file and start that"
        )


def leave_signals_to_parent() -> None:
    """To be called by the process, on its main thread."""
    for number in _LEFT_TO_PARENT:
        signal.signal(number, signal.SIG_IGN)


def end_with_parent() -> None:
    """A parent that is killed leaves nobody behind: from now on this process ends with it, as if killed, too."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
