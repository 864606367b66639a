"""A helper as its owner has it: begun, told, heard, and ended."""

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import nnlab
from nnlab.models.model import ModelSettings
from nnlab.training.crew.assignment import Assignment
from nnlab.training.crew.board import IS_OFF, Board
from nnlab.training.crew.helper import ANSWER, SETTINGS, STRETCH
from nnlab.training.settings import TrainingSettings

# Of every library that NumPy may compute with.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class EndedHelperError(Exception):
    """It has ended before its stretch was done."""


class HelperProcess:
    """Of one rank. Raises OSError where it cannot be started."""

    def __init__(self, assignment: Assignment, inherited: Sequence[int], board: Board, threads: int) -> None:
        self.rank = assignment.rank
        ours = str(Path(nnlab.__file__).parents[1])
        environment = {**os.environ, **dict.fromkeys(_THREADS, str(threads))}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "nnlab.training.crew.helper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What it complains of is what the run meets, too, which says it in a sentence.
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=inherited,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        # Who waits for it in a meeting is told when it ends.
        self._watcher = threading.Thread(target=self._watch, args=(board,), daemon=True)
        self._watcher.start()
        self._say(pickle.dumps(assignment))

    @property
    def number(self) -> int:
        """The process's, as the system counts."""
        return self._process.pid

    def begin_stretch(self) -> None:
        """Take part in what is on the board."""
        self._say(STRETCH)

    def tell(self, settings: tuple[TrainingSettings, ModelSettings]) -> None:
        """Go by these from the next stretch on."""
        self._say(SETTINGS + pickle.dumps(settings))

    def answer(self) -> int:
        """Sleep until the stretch is done; how many steps it made. Raises EndedHelperError where it has ended."""
        assert self._process.stdout is not None
        answer = self._process.stdout.read(ANSWER.size)
        if len(answer) < ANSWER.size:
            raise EndedHelperError
        return int(ANSWER.unpack(answer)[0])

    def end(self) -> None:
        """At once: it holds nothing that is not here, too."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._watcher.join()

    def _say(self, words: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            # Of one that has ended the answer tells.
            self._process.stdin.write(words)
            self._process.stdin.flush()

    def _watch(self, board: Board) -> None:
        self._process.wait()
        board.task[IS_OFF] = 1
