"""A run of the store at any of its steps, for somebody who goes back and forth in it: as replay.py has it, and soon.

One run is assembled, and put where it is wanted: it goes on from where it stands, or from a state in memory or in the store,
whichever is nearest. States on the way are kept, many of those just before the place that was asked for, so that one more
step back is a short way, too.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.errors import CancelledError, ModelFileError, RunStoreError
from nnlab.experiments.assembly import build_model
from nnlab.experiments.events_text import parse_events
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.records import RunRecord, Snapshot
from nnlab.experiments.journal.replay import Standing, begun, replayed
from nnlab.experiments.journal.stays import MOST_BYTES, Stay, Stays
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.model_file import load_model
from nnlab.report import Report, silent
from nnlab.training import TrainingRun
from nnlab.training.events import Event, ParameterEdit


class Visitor:
    """Of one run, on the thread that opened the store; the run may be trained on meanwhile by somebody else.

    Raises RunStoreError where the data is not the one that the run learned from.
    """

    def __init__(
        self,
        store: RunStore,
        number: int,
        folders: Sequence[Path] = (),
        dataset: Dataset | None = None,
        report: Report = silent,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._store, self._folders, self._most_bytes = store, folders, most_bytes
        self.record = store.run(number)
        self.run, self.experiment = begun(self.record, self.record.first_experiment(), folders, report, dataset)
        self._stays = Stays(most_bytes)
        self._snapshots: list[Snapshot] = []
        self._damaged: set[int] = set()
        self._is_rescaled = False
        # The last step that was asked for, and what had been done by hand up to there; None while the run is on its way.
        self._arrived: tuple[int, tuple[Event, ...]] | None = None
        self._before: Visitor | None = None  # of the run that this one is a branch of
        self.here = self  # who stands where was asked for last
        self._is_astray = False  # whether the run stands where no replay may go on
        self._is_as_drawn = True  # whether it stands at the beginning as the seed has it

    @property
    def first_step(self) -> int:
        """Before it the run was not in the store."""
        return self.record.first_step

    @property
    def reach(self) -> int:
        """The earliest step that can be had: of a branch one of the run that it was branched from, where that is there."""
        record = self.record
        with contextlib.suppress(RunStoreError):
            while _is_branch(record):
                record = self._store.run(record.parent or 0)
        return record.first_step

    def at(self, step: int, report: Report = silent) -> Standing:
        """The run as it was after `step` updates, or after the last that was written where that is earlier.

        It is the visitor's own, until the next visit. The step that led there was made, so that its gradient is there, too,
        unless the run went back there, or began there.
        """
        self._follow()
        self.here = self
        if step < self.first_step and (parent := self._visitor_before()) is not None:
            standing = parent.at(step, report)
            self.here = parent.here
            return standing
        step = min(max(step, self.first_step), self.record.step)
        events = parse_events(list(self.record.events), self.run.model.parameters)
        before = tuple(event for event in events if event.step <= step)
        if self._arrived != (step, before):
            self._arrived = None
            self._go(step, events, report)
            self._arrived = (step, before)
        return Standing(self.run, self.experiment, tuple(event for event in events if event.step > step))

    def _visitor_before(self) -> "Visitor | None":
        """Of the steps that a branch has in common with the run that it was branched from; None where that is gone."""
        if self._before is None and _is_branch(self.record):
            data, identity = self.run.data.dataset, self.run.identity
            with contextlib.suppress(RunStoreError):
                number, most_bytes = self.record.parent or 0, self._most_bytes // 2
                self._before = Visitor(self._store, number, self._folders, data, most_bytes=most_bytes)
                self._before.run.identity = identity
        return self._before

    def _go(self, step: int, events: tuple[Event, ...], report: Report) -> None:
        floor = max((pinned.step for pinned in self._snapshots if pinned.is_pinned and pinned.step <= step), default=0)
        floor = max(floor, self.first_step)
        try:
            self._set_out(floor, step - 1 if step > floor else step)
        except RunStoreError:
            # Where no way leads there, its own snapshot may be all that is left.
            self._set_out(step, step)
        start = self.run.step

        def pass_by(run: TrainingRun, experiment: Experiment) -> None:
            """Keep the states at half of the way, at half of the rest, and so on."""
            self.experiment = experiment
            report("replaying", (run.step - start) / (step - start))
            left = step - run.step
            # Half of the way, half of the rest, and so on: a power of two.
            if left & (left - 1) == 0 and run.step not in self._stays:
                self._stays.add(Stay(run.checkpoint, experiment))

        self._is_astray = True
        try:
            self.experiment = replayed(self.run, self.experiment, events, step, pass_by=pass_by)
        except CancelledError:
            # It stands between two steps, as good as any.
            self._is_astray = False
            raise
        self._is_astray = False
        self._stays.thin(step, [snapshot.step for snapshot in self._snapshots])
        run = self.run
        run.hand_edits = sum(isinstance(event, ParameterEdit) for event in run.events)
        if run.position or run.step == start:
            # What was found at the end of the last epoch is not of this step; whoever asks looks again.
            run.evaluation = None

    def _set_out(self, first: int, last: int) -> None:
        """Stand at the latest place that can be had between these two steps."""
        is_elsewhere = self._is_astray or (self._is_as_drawn and bool(self.record.imports))
        here = self.run.step if not is_elsewhere and first <= self.run.step <= last else -1
        stay = self._stays.nearest(max(first, here + 1), last)
        known = stay.step if stay is not None else here
        for snapshot in reversed(self._snapshots):
            if known < snapshot.step <= last and snapshot.step >= first and snapshot.step not in self._damaged:
                read = self._read(snapshot)
                if read is not None:
                    stay, known = read, read.step
                    break
        if stay is not None:
            self._stand(stay)
        elif here < 0:
            self._stand_at_the_beginning(first, last)

    def _read(self, snapshot: Snapshot) -> Stay | None:
        """A state out of the store; None where it is damaged."""
        try:
            saved = load_model(self._store.snapshot_path(self.record.number, snapshot.step))
        except ModelFileError as error:
            if snapshot.is_pinned:
                number = f"run {self.record.number:,}"
                raise RunStoreError(f"{number} cannot be had again after step {snapshot.step:,}; {error}") from None
            self._damaged.add(snapshot.step)
            return None
        if not self._is_rescaled:
            saved.continue_in(self.run)
            self._is_rescaled = True
        return Stay(saved.checkpoint, replace(saved.experiment, dataset=self.experiment.dataset))

    def _stand(self, stay: Stay) -> None:
        if stay.step == 0:
            self._begin_anew()
        run = self.run
        run.settings = stay.experiment.training
        run.change_model(self.experiment.model, stay.experiment.model)
        run.restore(stay.checkpoint)
        self._is_as_drawn = False
        run.evaluation = None
        self.experiment = stay.experiment
        self._stays.add(stay)

    def _stand_at_the_beginning(self, first: int, last: int) -> None:
        if first > 0 or self.record.begins_elsewhere:
            raise RunStoreError(
                f"run {self.record.number:,} cannot be gone back into at step {last:,}: its snapshots are gone or damaged"
            )
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Before the first step: a model may know more of how far it has come than its numbers."""
        identity, data = self.run.identity, self.run.data
        self.experiment = replace(self.record.first_experiment(), dataset=self.experiment.dataset)
        self.run = TrainingRun(build_model(self.experiment, data.dataset), data, self.experiment.training)
        self.run.identity, self._is_as_drawn = identity, True

    def _follow(self) -> None:
        """What became of the run meanwhile: it has more steps, or went back and is another from there on."""
        record, snapshots = self._store.run(self.record.number), self._store.snapshots(self.record.number)
        pinned = [{one.step for one in list_ if one.is_pinned} for list_ in (self._snapshots, snapshots)]
        back = min([*(pinned[1] - pinned[0]), *([record.step + 1] if record.step < self.record.step else [])], default=None)
        if record.experiment != self.record.experiment:
            # It was changed before its first step.
            back = 0
        if back is not None and self._snapshots:
            self._stays.forget_from(back)
            self._is_astray, self._arrived = self._is_astray or self.run.step >= back, None
        self.record, self._snapshots = record, snapshots


def _is_branch(record: RunRecord) -> bool:
    """Whether all before its first step is in another run."""
    return record.parent is not None and record.parent_step == record.first_step
