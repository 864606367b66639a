"""One training by another process, from its first word to its last: its curves gathered, kept, and told on the way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from nnlab.errors import RunStoreError
from nnlab.experiments.baselines.comparison import Contestant
from nnlab.experiments.baselines.messages import BaselineError, Begun, Diverged, Failed, Imported, Message, Ready, Said
from nnlab.experiments.baselines.process import listen
from nnlab.experiments.baselines.recording import BaselineRow
from nnlab.experiments.baselines.trajectory import Trajectory
from nnlab.report import Report

_STOPPED, _DONE, _DIVERGED, _FAILED = "stopped", "done", "diverged", "failed"


def _nobody(*told: object) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Heard:
    """Who is told on the way: that one has its number in the store; a sentence; that one is done."""

    begun: Callable[[str, int], None] = _nobody
    said: Callable[[str], None] = _nobody
    done: Callable[[Contestant], None] = _nobody


class Attempt:
    """Of nnlab itself, which says how it has begun and keeps its own run; or beside a run that has begun, kept in a row."""

    def __init__(
        self,
        contestant: Contestant,
        heard: Heard,
        report: Report,
        begin_row: Callable[[Trajectory], BaselineRow] | None = None,
    ) -> None:
        self._contestant, self._heard, self._report = contestant, heard, report
        self._begin_row = begin_row
        self._row: BaselineRow | None = None
        self._trajectory: Trajectory | None = None
        self._phase = "starting"
        if contestant.begun is not None:
            self._begin(contestant.begun)

    def heed(self, command: list[str], threads: int) -> Contestant:
        """Start it, and listen to the end; whoever reports may cancel."""
        ending = _STOPPED
        try:
            for message in listen(command, threads, self._tell):
                self._take(message)
            ending = self._ending
        except BaselineError as error:
            self._contestant, ending = replace(self._contestant, problem=str(error)), _FAILED
        finally:
            found = self._found()
            self._close(ending, _facts(found))
        return found

    @property
    def _ending(self) -> str:
        told = self._trajectory
        if told is not None and told.ended is not None:
            return _DONE
        return _DIVERGED if told is not None and told.diverged_at else _FAILED

    def _take(self, message: Message) -> None:
        match message:
            case Imported():
                self._phase = "loading the data"
            case Ready():
                self._phase = "first step"
            case Begun():
                self._begin(message)
            case Said():
                self._heard.said(message.sentence)
            case Failed():
                self._contestant = replace(self._contestant, problem=message.sentence)
            case Diverged():
                sentence = f"diverged: the loss of step {message.step:,} is no finite number"
                self._contestant = replace(self._contestant, problem=sentence)
        if self._trajectory is not None:
            self._trajectory.take(message)
            self._follow(self._trajectory)

    def _begin(self, begun: Begun) -> None:
        self._trajectory = Trajectory(begun)
        if self._contestant.begun is None:
            self._contestant = replace(self._contestant, begun=begun)
            self._tell_number(begun.run)

    def _follow(self, trajectory: Trajectory) -> None:
        """Of one that makes no step nothing is kept."""
        if self._row is None and self._begin_row is not None and trajectory.step:
            begin, self._begin_row = self._begin_row, None
            self._keep_or_say(lambda: self._hold(begin(trajectory)))
        self._keep(lambda row: row.follow())

    def _tell_number(self, number: int | None) -> None:
        self._contestant = replace(self._contestant, run=number)
        if number is not None:
            self._heard.begun(self._contestant.name, number)

    def _hold(self, row: BaselineRow) -> None:
        self._row = row
        row.write()
        self._tell_number(row.number)

    def _keep(self, write: Callable[[BaselineRow], None]) -> None:
        row = self._row
        if row is not None:
            self._keep_or_say(lambda: write(row))

    def _keep_or_say(self, write: Callable[[], None]) -> None:
        """What cannot be kept is said once, and stops nothing."""
        try:
            write()
        except RunStoreError as error:
            self._heard.said(f"{self._contestant.title} is not kept: {error}")
            if self._row is not None:
                self._row.close()
                self._row = None

    def _close(self, ending: str, facts: dict[str, Any]) -> None:
        self._keep(lambda row: row.write(ending, facts))
        if self._row is not None:
            self._row.close()

    def _tell(self) -> None:
        told, name = self._trajectory, self._contestant.title
        if told is None or not told.step:
            self._report(f"{name}: {self._phase}", nan)
            return
        steps = self._contestant.begun.steps if self._contestant.begun is not None else 0
        loss = told.history.steps["loss"].last
        self._report(f"{name}: step {told.step:,} of {steps:,}, loss {loss:.4f}", told.step / steps if steps else nan)

    def _found(self) -> Contestant:
        told = self._trajectory
        if told is None:
            return self._contestant
        ended = told.ended
        return replace(
            self._contestant,
            history=told.history,
            steps=told.step,
            epochs=told.epochs,
            epoch=told.epoch,
            figures=told.last,
            seconds=told.seconds,
            first_step_seconds=ended.first_step_seconds if ended else None,
            peak_bytes=ended.peak_bytes if ended else None,
            parameters_sha256=ended.parameters_sha256 if ended else "",
        )


def _facts(found: Contestant) -> dict[str, Any]:
    names = (
        "seconds_per_epoch",
        "examples_per_second",
        "first_step_seconds",
        "peak_bytes",
        "code_lines",
        "parameters_sha256",
    )
    told = {name: getattr(found, name) for name in names}
    return {name: value for name, value in told.items() if value} | ({"problem": found.problem} if found.problem else {})
