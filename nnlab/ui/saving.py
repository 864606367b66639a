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
        self._waiting: dict[int, list[Callable[[bool], None]]] = {}

    @property
    def is_busy(self) -> bool:
        """Whether the worker has been asked for something that it has not answered."""
        return bool(self._waiting)

    def begin(self, path: Path, history: History, then: Callable[[bool], None] | None = None) -> None:
        """Have the model written with its curves; `then` hears whether it was, after everybody else has."""
        self._ask(SaveRequest(next(self._serials), path, history.copy()), then)

    def rescue(self, path: Path, history: History, run: int, then: Callable[[bool], None]) -> None:
        """Have the present run (0), or one that was put aside, written as fast as can be."""
        self._ask(SaveRequest(next(self._serials), path, history.copy(), run, is_urgent=True), then)

    def _ask(self, request: SaveRequest, then: Callable[[bool], None] | None) -> None:
        self._waiting[request.serial] = [then] if then else []
        self.wanted.emit(request)

    def wait(self, then: Callable[[bool], None]) -> None:
        """Hear of the save that was asked for last."""
        self._waiting[max(self._waiting)].append(then)

    @Slot(object)
    def take_answer(self, answer: SaveAnswer) -> None:
        """The worker's word."""
        waiting = self._waiting.pop(answer.request.serial, [])
        if answer.problem:
            self.failed.emit(answer.problem)
        else:
            self.saved.emit(answer)
        for then in waiting:
            then(not answer.problem)
