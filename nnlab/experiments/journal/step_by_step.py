"""A run of the store that is taken on step by step, to look at its whole state after each."""

from collections.abc import Sequence
from pathlib import Path

from nnlab.datasets import Dataset
from nnlab.errors import RunStoreError
from nnlab.experiments.events_text import parse_events
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.replay import replayed, run_at
from nnlab.experiments.journal.state_differences import State
from nnlab.experiments.journal.store import RunStore
from nnlab.report import Report, silent
from nnlab.training import TrainingRun


class StepByStep:
    """It goes only forward. Where no steps lead on, since the run went back there or put its best epoch back, it is had
    again from there.
    """

    def __init__(
        self,
        store: RunStore,
        record: RunRecord,
        step: int,
        folders: Sequence[Path],
        report: Report = silent,
        dataset: Dataset | None = None,
    ) -> None:
        self._store, self.record, self._folders = store, record, folders
        self._pinned = {snapshot.step for snapshot in store.snapshots(record.number) if snapshot.is_pinned}
        self._stand(step, report, dataset)

    def _stand(self, step: int, report: Report, dataset: Dataset | None) -> None:
        standing = run_at(self._store, self.record, step, self._folders, report, dataset)
        self.run: TrainingRun = standing.run
        self.experiment: Experiment = standing.experiment
        self._events = parse_events(list(self.record.events), standing.run.model.parameters)
        if self.run.step != step:
            raise RunStoreError(f"run {self.record.number:,} has {self.run.step:,} steps, and none of number {step:,}")

    @property
    def state(self) -> State:
        """As it stands, to be read before it goes on."""
        return State(self.run.model, self.run.checkpoint, self.experiment)

    def advance(self) -> None:
        """To after the next step, with what was done by hand then."""
        step = self.run.step + 1
        if step in self._pinned:
            self._stand(step, silent, self.run.data.dataset)
        else:
            self.experiment = replayed(self.run, self.experiment, self._events, step)
