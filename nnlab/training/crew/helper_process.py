"""A helper as its owner has it: begun, told, heard, and ended."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import wait

from nnlab.models.model import ModelSettings
from nnlab.spawning import THREAD_VARIABLES, check_main_file, deaf_from_birth
from nnlab.training.crew.assignment import Assignment
from nnlab.training.crew.board import IS_OFF, Board
from nnlab.training.crew.helper import work
from nnlab.training.crew.pulse import LOOK_SECONDS, Pulse
from nnlab.training.settings import TrainingSettings


class EndedHelperError(Exception):
    """It has ended before its stretch was done."""


@contextmanager
def _told_threads(count: int) -> Iterator[None]:
    """A process that is started within makes so many threads of BLAS, and not one for each core of which it uses these."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(count)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class HelperProcess:
    """Of one rank. Raises OSError, or RuntimeError with the reason, where it cannot be started."""

    def __init__(self, assignment: Assignment, board: Board) -> None:
        check_main_file()
        if "spawn" not in multiprocessing.get_all_start_methods():
            # A copy of this process would wait for ever for BLAS's threads, which are not copied.
            raise OSError("this system starts no fresh processes")
        self.rank = assignment.rank
        self._connection, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=work, args=(theirs, assignment), name="helper", daemon=True)
        try:
            with deaf_from_birth(), _told_threads(assignment.threads):
                self._process.start()
        finally:
            # Held by the process alone, the connection ends with it.
            theirs.close()
        self._pulse, self._is_waited_for = Pulse(board.pulses, assignment.rank), False
        # Who waits for it in a meeting is told when it ends.
        self._watcher = threading.Thread(target=self._watch, args=(board,), name="watcher", daemon=True)
        self._watcher.start()

    @property
    def number(self) -> int:
        """The process's, as the system counts."""
        return self._process.pid or 0

    @property
    def has_come(self) -> bool:
        """Whether it can be told of a stretch."""
        return self._pulse.has_begun

    def begin_stretch(self) -> None:
        """Take part in what is on the board."""
        self._is_waited_for = False
        self._say(None)

    def tell(self, settings: tuple[TrainingSettings, ModelSettings]) -> None:
        """Go by these from the next stretch on."""
        self._say(settings)

    def answer(self) -> tuple[int, float]:
        """Sleep until the stretch is done: steps made, and seconds. Raises EndedHelperError where the process has ended."""
        try:
            made, seconds = self._connection.recv()
            return made, seconds
        except (EOFError, OSError):
            raise EndedHelperError from None

    def hurry(self) -> None:
        """A person waits, until the next stretch: if it has been stopped, it is given up soon. Any thread may say so."""
        self._is_waited_for = True

    def end(self) -> None:
        """At once: it holds nothing that is not here, too."""
        self._process.kill()
        self._watcher.join()
        self._process.join()
        self._process.close()
        self._connection.close()

    def _say(self, words: tuple[TrainingSettings, ModelSettings] | None) -> None:
        # Of one that has ended the answer tells.
        with suppress(OSError):
            self._connection.send(words)

    def _watch(self, board: Board) -> None:
        while not wait([self._process.sentinel], LOOK_SECONDS):
            if self._pulse.is_gone(self._is_waited_for):
                # Stopped by somebody, it would hold its owner for ever.
                self._process.kill()
        board.task[IS_OFF] = 1
