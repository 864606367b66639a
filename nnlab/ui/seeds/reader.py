"""Reading what comes of several seeds out of the store while anybody looks: how far each is, its figures, its picture."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Signal, Slot

from nnlab.datasets import Dataset
from nnlab.errors import NnlabError
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.seeds.curves import short_history
from nnlab.experiments.seeds.first_losses import first_losses
from nnlab.experiments.seeds.luck import Luck, luck_of
from nnlab.experiments.seeds.plane_looks import PlaneLooks
from nnlab.experiments.seeds.seed_sweep import SEED, seeds_of
from nnlab.experiments.sweeps import reading
from nnlab.experiments.sweeps.ledger import text_of
from nnlab.experiments.sweeps.records import DIVERGED, FAILED, PAUSED, RUNNING, SweepRecord, TrialRecord
from nnlab.experiments.sweeps.sweep import Sweep
from nnlab.probes.boundary import BoundaryField
from nnlab.training.history import History
from nnlab.ui.store_looker import StoreLooker, StoreReader

# Between two looks at the curves of runs that are trained.
_CURVE_SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class Wanted:
    """Which seeds are to be told of: those of a sweep of the store by its number, or the last of the very same content.

    dataset: the one that the window has, from which a plane may be drawn
    """

    number: int = 0
    sweep: Sweep | None = None
    dataset: Dataset | None = None


@dataclass(frozen=True, eq=False)
class SeedsSeen:
    """What there is of the seeds that are wanted; record is None where they have not been trained.

    runs: by seed, as far as one has begun
    """

    wanted: Wanted
    sweep: Sweep
    record: SweepRecord | None = None
    trials: tuple[TrialRecord, ...] = ()
    runs: Mapping[int, RunRecord] = field(default_factory=dict)
    luck: Luck | None = None
    dataset: Dataset | None = None  # of points in the plane, where there is something to be drawn


@dataclass(frozen=True, eq=False)
class FieldSeen:
    """What the plane is to one seed's run after a step."""

    sweep: int
    seed: int
    step: int
    field: BoundaryField


@dataclass(frozen=True, eq=False)
class CurvesSeen:
    """The curves of the runs of a sweep's seeds, without those that went wrong."""

    sweep: Sweep
    number: int
    histories: Mapping[int, History]


class _Worker(StoreLooker):
    """On the thread that reads."""

    listed = Signal(object)  # tuple[SweepRecord, ...]: those over seeds, the latest first
    seen = Signal(object)  # SeedsSeen
    pictured = Signal(object)  # FieldSeen
    curved = Signal(object)  # CurvesSeen

    def __init__(self) -> None:
        super().__init__()
        self._histories: dict[int, tuple[tuple[int, int], History]] = {}  # by seed, of which run and step
        self._curved_at = 0.0
        self._wanted, self._text = Wanted(), ""
        self._sweeps: dict[int, Sweep | None] = {}  # of the store by their numbers; None of what varies anything else
        self._records: tuple[SweepRecord, ...] | None = None
        self._told: object = None
        self._losses: dict[int, float] = {}
        self._looks: PlaneLooks | None = None
        self._drawn: dict[int, tuple[int, int]] = {}  # by seed of which run and step its picture is

    @Slot(object)
    def watch(self, wanted: Wanted) -> None:
        """These seeds, and no others."""
        self._wanted, self._told, self._looks = wanted, None, None
        self._text = text_of(wanted.sweep) if wanted.sweep is not None else ""
        self._losses, self._drawn, self._histories = {}, {}, {}
        self._curved_at = 0.0
        self.look()

    def tell(self, store: RunStore) -> None:
        """The list of all, and the seeds that are wanted."""
        records = tuple(record for record in reading.sweeps(store) if self._sweep_of(record) is not None)
        if records != self._records:
            self._records = records
            self.listed.emit(records)
        record = next((one for one in records if self._is_wanted(one)), None)
        sweep = self._sweep_of(record) if record is not None else self._wanted.sweep
        if sweep is not None:
            self._tell_seeds(store, sweep, record)

    def _is_wanted(self, record: SweepRecord) -> bool:
        return record.number == self._wanted.number if self._wanted.number else record.file == self._text

    def _sweep_of(self, record: SweepRecord) -> Sweep | None:
        if record.number not in self._sweeps:
            try:
                sweep = record.sweep()
            except NnlabError:
                sweep = None
            self._sweeps[record.number] = sweep if sweep is not None and seeds_of(sweep) else None
        return self._sweeps[record.number]

    def _tell_seeds(self, store: RunStore, sweep: Sweep, record: SweepRecord | None) -> None:
        trials = tuple(reading.trials(store, record.number)) if record is not None else ()
        found = {int(trial.choices[SEED]): store.find(trial.run) for trial in trials if trial.run is not None}
        runs = {seed: run for seed, run in found.items() if run is not None}
        told = (record, trials, {seed: (run.number, run.step) for seed, run in runs.items()})
        if self._told == told:
            return
        self._told = told
        if self._looks is None:
            self._looks = PlaneLooks(sweep.base, self._wanted.dataset)
        self._losses = first_losses(store, sweep.base, trials, self._losses)
        luck = luck_of(trials, len(seeds_of(sweep)), self._losses)
        self.seen.emit(SeedsSeen(self._wanted, sweep, record, trials, runs, luck, self._looks.dataset))
        if record is not None:
            self._read_curves(store, sweep, record, trials, runs)
            self._picture(store, record.number, self._looks, runs)

    def _read_curves(
        self,
        store: RunStore,
        sweep: Sweep,
        record: SweepRecord,
        trials: Sequence[TrialRecord],
        runs: Mapping[int, RunRecord],
    ) -> None:
        """While they are trained only now and then: a curve creeps."""
        now = time.monotonic()
        if record.state in (RUNNING, PAUSED) and now - self._curved_at < _CURVE_SECONDS:
            return
        self._curved_at = now
        bad = {int(trial.choices[SEED]) for trial in trials if trial.state in (FAILED, DIVERGED)}
        for seed, run in runs.items():
            at = (run.number, run.step)
            is_new = run.step > 0 and self._histories.get(seed, ((0, 0), None))[0] != at
            if seed not in bad and is_new and (history := short_history(store, run)) is not None:
                self._histories[seed] = (at, history)
        found = {seed: history for seed, (_, history) in sorted(self._histories.items()) if seed not in bad}
        self.curved.emit(CurvesSeen(sweep, record.number, found))

    def _picture(self, store: RunStore, number: int, looks: PlaneLooks, runs: Mapping[int, RunRecord]) -> None:
        for seed, run in runs.items():
            if self._drawn.get(seed) == (run.number, run.step):
                continue
            self._drawn[seed] = (run.number, run.step)
            if (found := looks.field_of(store, run)) is not None:
                self.pictured.emit(FieldSeen(number, seed, run.step, found))


class SeedsReader(StoreReader):
    """The wire to it."""

    listed = Signal(object)
    seen = Signal(object)
    pictured = Signal(object)
    curved = Signal(object)

    _watch = Signal(object)

    def __init__(self) -> None:
        worker = _Worker()
        super().__init__(worker, "seeds")
        for name in ("listed", "seen", "pictured", "curved"):
            getattr(worker, name).connect(getattr(self, name))
        self._watch.connect(worker.watch)

    def watch(self, wanted: Wanted) -> None:
        """Tell of these seeds."""
        self._watch.emit(wanted)
