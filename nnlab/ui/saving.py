"""Saving the model: the worker writes it between two steps; what waits for that goes on only when it has been written."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from nnlab.training.history import History
from nnlab.ui.messages import SaveAnswer, SaveRequest


class Saving(QObject):
    """Asks the worker, and keeps what is to be done after each of its answers."""

    wanted = Signal(object)  # SaveRequest
    saved = Signal(object)  # SaveAnswer of a model that has been written
    failed = Signal(str)  # the sentence that says why one has not

    def __init__(self) -> None:
        super().__init__()
        self._serials = count(1)
        self._asked: dict[int, Callable[[bool], None] | None] = {}
        self._leaving: dict[int, Callable[[], object]] = {}

    @property
    def is_busy(self) -> bool:
        """Whether the worker has been asked for something that it has not answered."""
        return bool(self._asked)

    @property
    def is_awaited(self) -> bool:
        """Whether something goes on as soon as the save that is under way has succeeded."""
        return bool(self._leaving)

    def begin(self, path: Path, history: History, then: Callable[[bool], None] | None = None) -> None:
        """Have the model written with its curves; `then` hears whether it was, after everybody else has."""
        self._ask(SaveRequest(next(self._serials), path, history.copy()), then)

    def rescue(self, path: Path, history: History, run: int, then: Callable[[bool], None]) -> None:
        """Have the present run (0), or one that was put aside, written as fast as can be."""
        self._ask(SaveRequest(next(self._serials), path, history.copy(), run, is_urgent=True), then)

    def _ask(self, request: SaveRequest, then: Callable[[bool], None] | None) -> None:
        self._asked[request.serial] = then
        self.wanted.emit(request)

    def go_on_after(self, then: Callable[[], object]) -> None:
        """What goes on when the save that was asked for last has succeeded; where it fails, nothing does."""
        self._leaving[max(self._asked)] = then

    def wait_no_more(self) -> None:
        """What was to go on is no longer wanted."""
        self._leaving.clear()

    @Slot(object)
    def take_answer(self, answer: SaveAnswer) -> None:
        """The worker's word."""
        serial = answer.request.serial
        then, go_on = self._asked.pop(serial, None), self._leaving.pop(serial, None)
        if answer.problem:
            self.failed.emit(answer.problem)
        else:
            self.saved.emit(answer)
        if then is not None:
            then(not answer.problem)
        if go_on is not None and not answer.problem:
            go_on()
