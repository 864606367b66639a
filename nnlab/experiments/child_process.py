"""A process beside this one that answers in lines: begun, listened to, and ended when nobody listens any more."""

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import IO

import nnlab
from nnlab.errors import NnlabError
from nnlab.spawning import THREAD_VARIABLES
from nnlab.words import shown

# Seconds between two calls of `wait`, and so until a cancel is heard.
_PATIENCE = 0.05
# Messages that wait to be heard; a process that is faster waits.
_MOST_WAITING = 256
# The last lines of what it complained about.
_MOST_COMPLAINTS = 20
_LONGEST_COMPLAINT = 300


class EndedProcessError(NnlabError):
    """A process ended before it had told all; the sentence says how, with the last that it complained about."""


def python_command(module: str, *words: str) -> list[str]:
    """Run a module of nnlab's own in this interpreter."""
    return [sys.executable, "-P", "-m", module, *words]


def lines_of(command: list[str], threads: int, wait: Callable[[], None]) -> Generator[bytes, None, None]:
    """What the process tells, line by line. `wait` is called all the while; where it raises, or the iterator is closed, the
    process is killed. Raises EndedProcessError where it ends by itself: whoever knows the last line closes the iterator.
    """
    process = _started(command, threads)
    lines: queue.Queue[bytes | None] = queue.Queue(_MOST_WAITING)
    complaints: deque[str] = deque(maxlen=_MOST_COMPLAINTS)
    is_over = threading.Event()
    readers = [
        threading.Thread(target=_read, args=(process.stdout, lines, is_over), daemon=True),
        threading.Thread(target=_keep_last, args=(process.stderr, complaints), daemon=True),
    ]
    try:
        for reader in readers:
            reader.start()
        while True:
            wait()
            try:
                line = lines.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            if line is None:
                readers[-1].join(_PATIENCE)
                raise EndedProcessError(_reason(process.wait(), complaints))
            yield line
    finally:
        is_over.set()
        process.kill()
        process.wait()
        # A signal may come before they are started.
        for reader in readers:
            if reader.ident is not None:
                reader.join()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


def _started(command: list[str], threads: int) -> subprocess.Popen[bytes]:
    ours = str(Path(nnlab.__file__).parents[1])
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads)), "KERAS_BACKEND": "torch"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))
    try:
        return subprocess.Popen(  # noqa: S603, this interpreter, and a program of nnlab's own
            command,
            # It stays open: its end tells the process that nobody listens any more.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            # On Windows a program without a window of its own would be given a console.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise EndedProcessError(f"no process can be started for it ({error.strerror or error})") from None


def _read(stream: IO[bytes] | None, lines: "queue.Queue[bytes | None]", is_over: threading.Event) -> None:
    assert stream is not None
    with suppress(OSError, ValueError):
        for line in stream:
            _put(lines, line, is_over)
    _put(lines, None, is_over)


def _put(lines: "queue.Queue[bytes | None]", line: bytes | None, is_over: threading.Event) -> None:
    """Wait for room, but for nobody who has gone."""
    while not is_over.is_set():
        with suppress(queue.Full):
            lines.put(line, timeout=_PATIENCE)
            return


def _keep_last(stream: IO[bytes] | None, complaints: "deque[str]") -> None:
    assert stream is not None
    with suppress(OSError, ValueError):
        while piece := stream.readline(4096):
            if text := piece.decode(errors="replace").strip():
                complaints.append(text)


def _reason(status: int, complaints: "deque[str]") -> str:
    last = f": {shown(complaints[-1], _LONGEST_COMPLAINT)}" if complaints else ""
    ended = f"was killed by signal {-status}" if status < 0 else f"ended with exit status {status}"
    return f"its process {ended} before it had told all{last}"
