"""Where a person stands in time: at the present run as it is now, or at one of its earlier steps."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnlab.experiments.journal.writer import JournalWriter
from nnlab.ui.jobs import CopyRequest
from nnlab.ui.messages import ProbeRequest, Progress
from nnlab.ui.past import Past
from nnlab.ui.past_worker import Arrival
from nnlab.ui.runs import Runs

# A visit that takes longer makes way for another that was wanted meanwhile; a shorter one is shown first, so that who
# drags sees something.
_PATIENCE_MILLISECONDS = 250
# All that happened is in the store about half a second later, where it can be written.
_WRITING_MILLISECONDS, _MOST_TRIES = 200, 10


class Travel(QObject):
    """Goes to steps of the present run. While one is in the past, views show what was then, also while the run trains on."""

    moved = Signal(object)  # the step that is wanted, or None for now
    arrived = Signal(object)  # Arrival
    changed = Signal()  # whether there is a past to go to, or one is in it
    progressed = Signal(str, float)  # of a way that takes long
    message = Signal(str)  # why a step cannot be had
    branched = Signal(object)  # Continuation, from where one stands
    copy_ready = Signal(object, object, str)  # CopyRequest, TrainingRun or None, why there is none

    def __init__(self, runs: Runs, journal: JournalWriter | None, data_folders: list[Path]) -> None:
        super().__init__()
        self._runs = runs
        # What the visible views want to see; the window says.
        self.wanted_probes: Callable[[], tuple[ProbeRequest, ...]] = tuple
        self.wanted: int | None = None  # the step that a person wants to see; None for now
        self.shown: Arrival | None = None  # what can be seen of it
        self.first = 0  # the earliest step that the store has
        self._past = Past(journal.folder, data_folders, journal) if journal is not None else None
        self._opened = 0  # the number of the run that the past was opened with
        self._of = 0  # the generation in which
        self._waits = self._is_stale = False
        self._impatience = QTimer(self)
        self._impatience.setSingleShot(True)
        self._impatience.setInterval(_PATIENCE_MILLISECONDS)
        self._impatience.timeout.connect(self._overtake)
        # A step that is not written yet is asked for again.
        self._later, self._tries = QTimer(self), 0
        self._later.setSingleShot(True)
        self._later.setInterval(_WRITING_MILLISECONDS)
        self._later.timeout.connect(self._go)
        self._told = ""
        runs.progressed.connect(self._follow)
        if self._past is not None:
            self._past.arrived.connect(self._on_arrived)
            self._past.failed.connect(self._on_failed)
            self._past.troubled.connect(self._on_troubled)
            self._past.progressed.connect(self.progressed)
            self._past.continuation_ready.connect(self.branched)
            self._past.copy_ready.connect(self.copy_ready)

    @property
    def is_past(self) -> bool:
        """Whether an earlier step is shown, or on its way."""
        return self.wanted is not None

    @property
    def is_settled(self) -> bool:
        """Whether what can be seen is of the step that is wanted, and nothing else is on its way."""
        return not (self._waits or self._is_stale)

    @property
    def reason(self) -> str:
        """Why there is no past to go back into; "" where there is."""
        progress = self._runs.present.progress
        if progress.number and progress.step > 0:
            return ""
        if self._past is None:
            return "Runs are not kept: there is no past."
        if not progress.step:
            return "Once it trains, any step can be gone back to here."
        if not progress.done:
            return "Its past begins when it goes on."
        return "This run is not in the store of runs, so that it cannot be gone back into."

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier step."""
        return not self.reason and (self.wanted is None or self.wanted > self.first)

    def go_to(self, step: int) -> None:
        """Show the run as it was after so many steps; after the last one it is now."""
        if step >= self._last and not self.reason:
            self.back_to_now()
        else:
            self.stop_at(step)

    def stop_at(self, step: int) -> None:
        """The same, but the last step is shown out of the past, too: it stays while the run trains on."""
        if self.reason:
            self.message.emit(self.reason)
            return
        step = min(step, self._last)
        was_past, self.wanted = self.is_past, max(step, self.first)
        self._told, self._tries = "", 0
        self._ask()
        self.moved.emit(self.wanted)
        if not was_past:
            self.changed.emit()

    def step_by(self, steps: int) -> None:
        """So many steps back or forth."""
        self.go_to((self._last if self.wanted is None else self.wanted) + steps)

    def epoch_by(self, epochs: int) -> None:
        """To the end of an epoch before or behind; before the first to the beginning."""
        here = self._last if self.wanted is None else self.wanted
        ends = [int(step) for step in self._runs.present.history.epochs["step"].values]
        if epochs < 0:
            self.go_to(max([end for end in ends if end < here], default=self.first))
        else:
            self.go_to(min([end for end in ends if end > here], default=self._last))

    def back_to_now(self) -> None:
        """The run as it is."""
        if not self.is_past:
            return
        self.wanted = self.shown = None
        self._waits = self._is_stale = False
        self._impatience.stop()
        self._later.stop()
        if self._past is not None:
            self._past.give_up()
        self.moved.emit(None)
        self.changed.emit()
        self._runs.frames.refresh()

    def refresh(self) -> None:
        """Views want something else of the step that is shown."""
        if self.is_past:
            self._ask()

    def take_copy(self, request: CopyRequest) -> None:
        """Of the run as it is shown."""
        if self._past is not None:
            self._past.take_copy(request)

    def take_branch(self) -> None:
        """Have all that it takes to go on from the step that is shown; `branched` follows."""
        if self._past is not None and self.shown is not None:
            self._past.take_continuation()

    def close(self) -> None:
        """End the past's thread."""
        self._impatience.stop()
        self._later.stop()
        if self._past is not None:
            self._past.close()

    @property
    def _last(self) -> int:
        return self._runs.present.progress.step

    def _ask(self) -> None:
        """Now, or when what is on its way has come."""
        self._is_stale = True
        if not self._waits:
            self._go()
        elif not self._impatience.isActive():
            self._impatience.start()

    @Slot()
    def _go(self) -> None:
        self._later.stop()
        past, run = self._past, self._runs.present
        if past is None or self.wanted is None:
            return
        if (self._opened, self._of) != (run.progress.number, run.generation):
            self._opened, self._of, self.first = run.progress.number, run.generation, 0
            past.open(run.progress.number, run.dataset)
        self._waits, self._is_stale = True, False
        past.visit(self.wanted, self.wanted_probes())

    @Slot()
    def _overtake(self) -> None:
        """It takes long, and something else is wanted by now."""
        if self._waits and self._is_stale and (self.shown is None or self.shown.step != self.wanted):
            self._go()

    @Slot(object)
    def _on_arrived(self, arrival: Arrival) -> None:
        self._waits = False
        self._impatience.stop()
        if not self.is_past:
            return
        self.shown = arrival
        is_awaited = not self._is_stale and self._is_being_written(arrival)
        if not (self._is_stale or is_awaited) and (arrival.step, arrival.first) != (self.wanted, self.first):
            # It began later, or ends before.
            self.first, self.wanted = arrival.first, arrival.step
            self.changed.emit()
        self.arrived.emit(arrival)
        if self._is_stale:
            self._go()
        elif is_awaited and not self._waits:
            if not self._tries:
                self._runs.write_down()
            self._tries += 1
            self._is_stale = True
            self._later.start()

    def _is_being_written(self, arrival: Arrival) -> bool:
        return self.wanted is not None and arrival.step < self.wanted and self._tries < _MOST_TRIES

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        """Nothing of the past can be had: that leads back to now."""
        self._opened = 0
        self.message.emit(sentence)
        self.back_to_now()

    @Slot(str)
    def _on_troubled(self, sentence: str) -> None:
        """The same trouble is told once for a step."""
        if sentence != self._told:
            self._told = sentence
            self.message.emit(sentence)

    @Slot(object)
    def _follow(self, progress: Progress) -> None:
        """Another run has no part in this one's past, and one that went back is left where it is."""
        if self._opened and self._of != self._runs.generation and self._past is not None:
            self._opened = self.first = 0
            self._past.let_go()
        if self.is_past and (self._of != self._runs.generation or (self.wanted or 0) > progress.step):
            self.back_to_now()
        self.changed.emit()
