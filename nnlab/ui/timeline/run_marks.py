"""The marks of the present run, made anew where there is something new to mark."""

from nnlab.ui.session import Session
from nnlab.ui.timeline.marks import Mark, marks_of


class RunMarks:
    """Of whatever run the session has."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of: tuple[object, ...] = ()
        self._marks: tuple[Mark, ...] = ()

    @property
    def all(self) -> tuple[Mark, ...]:
        """In the order in which they are drawn."""
        session = self._session
        history, events = session.history, session.progress.events
        ends = history.epochs["step"]
        now = (id(history), len(ends), ends.stride, history.best.get("step"), events, session.running)
        if now != self._of:
            self._of, self._marks = now, marks_of(history, events, session.running)
        return self._marks

    def words_at(self, step: int) -> str:
        """What is marked at this very step; "" where nothing is."""
        return "; ".join(mark.words for mark in self.all if mark.step == step)
