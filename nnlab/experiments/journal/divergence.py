"""The first step at which two runs part: since when their numbers are not the same to the last bit, by how much, and why.

Their common snapshots say between which two steps that is; from the last in which all is the same both are taken on step by
step, and looked at after each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nnlab.errors import ModelFileError
from nnlab.experiments.journal.parting_reasons import machine_reasons, parting_reasons
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.state_differences import (
    State,
    are_same,
    differing_numbers,
    differing_vectors,
    have_same_numbers,
    misfit_of,
)
from nnlab.experiments.journal.step_by_step import StepByStep
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.tensor_differences import TensorDifference
from nnlab.experiments.model_file import load_model
from nnlab.report import Report, silent

_STEPS_BETWEEN_REPORTS = 16
_Records = tuple[RunRecord, RunRecord]
_States = tuple[State, State]


@dataclass(frozen=True)
class Divergence:
    """Where the runs `first` and `second` part.

    step: after so many updates their numbers differ, and after one less they do not; None where they never part
    begin, until: the first and the last step at which both can be looked at
    tensors: those of the model (parameters and buffers) that differ then, by most first
    optimizer_step, optimizer: the same of the optimizer's vectors, which may part before the model does
    reasons: what was not the same about the two, in words
    misfit: why there are no numbers to be compared; nothing else is then known
    """

    first: int
    second: int
    step: int | None = None
    begin: int = 0
    until: int = 0
    tensors: tuple[TensorDifference, ...] = ()
    optimizer_step: int | None = None
    optimizer: tuple[TensorDifference, ...] = ()
    reasons: tuple[str, ...] = ()
    misfit: str = ""

    @property
    def words(self) -> str:
        """All of it in a sentence."""
        because = f" ({'; '.join(self.reasons)})" if self.reasons else ""
        if self.misfit:
            return f"Their numbers cannot be compared one by one: {self.misfit}."
        if self.step is not None:
            where = "Differ from the start" if self.step == self.begin else f"First differ at step {self.step:,}"
            return f"{where}: {self.tensors[0].words}{because}."
        if self.optimizer_step is not None:
            since = f"since step {self.optimizer_step:,}: {self.optimizer[0].words}{because}"
            return f"The same model up to step {self.until:,}, but the optimizers' vectors differ {since}."
        return f"They never part: up to step {self.until:,} they are the same to the last bit."


def first_divergence(
    store: RunStore, first: int, second: int, folders: Sequence[Path] = (), report: Report = silent
) -> Divergence:
    """Raises RunStoreError or DatasetError where the steps of one of them cannot be had again."""
    records = store.run(first), store.run(second)
    begin = max(record.first_step for record in records)
    found = Divergence(first, second, begin=begin, until=min(record.step for record in records))
    if found.until < begin:
        return replace(found, misfit=f"run {_later(records)} begins at step {begin:,}, where the other one has ended")
    report("comparing snapshots", float("nan"))
    known = _Snapshots(store, records)
    if reason := known.misfit:
        return replace(found, misfit=reason)
    low, high = known.bracket(begin, found.until)
    if low is None and high == begin and (states := known.at(begin)) is not None:
        return _parted(found, records, states, states)
    return _walked(store, records, folders, report, found, begin if low is None else low, high)


class _Snapshots:
    """What the store has of both at the same steps, read without their data."""

    def __init__(self, store: RunStore, records: _Records) -> None:
        self._store, self._records = store, records
        self._steps = [[one.step for one in store.snapshots(record.number)] for record in records]

    @property
    def misfit(self) -> str:
        """Why their models have no numbers to be compared; "" where they have, or where nothing can be read."""
        states = [
            next((state for step in steps if (state := self._read(record, step)) is not None), None)
            for record, steps in zip(self._records, self._steps, strict=True)
        ]
        if states[0] is None or states[1] is None:
            return ""
        return misfit_of(states[0], states[1], _names(self._records))

    def at(self, step: int) -> _States | None:
        """Both after this step; None where one cannot be read."""
        first, second = (self._read(record, step) for record in self._records)
        return None if first is None or second is None else (first, second)

    def bracket(self, begin: int, until: int) -> tuple[int | None, int | None]:
        """The last step known at which everything is the same, and the first at which it is not; None where none is."""
        # What one alone had done by hand may have been taken back, so that they came to be the same again.
        limit = min((step - 1 for step in _edited_apart(self._records)), default=until)
        steps = sorted(step for step in {*self._steps[0]} & {*self._steps[1]} if begin <= step <= min(until, limit))
        low, high = -1, len(steps)
        while high - low > 1:
            middle = (low + high) // 2
            states = self.at(steps[middle])
            if states is None:
                del steps[middle]
                high -= 1
            elif are_same(*states):
                low = middle
            else:
                high = middle
        return (steps[low] if low >= 0 else None), (steps[high] if high < len(steps) else None)

    def _read(self, record: RunRecord, step: int) -> State | None:
        try:
            saved = load_model(self._store.snapshot_path(record.number, step))
        except ModelFileError:
            return None
        return State(saved.model, saved.checkpoint, saved.experiment)


def _walked(
    store: RunStore,
    records: _Records,
    folders: Sequence[Path],
    report: Report,
    found: Divergence,
    low: int,
    high: int | None,
) -> Divergence:
    """From a step at which they are the same, as far as is known, on to where they part."""
    first = StepByStep(store, records[0], low, folders, report)
    shared = first.run.data.dataset if records[0].data == records[1].data else None
    second = StepByStep(store, records[1], low, folders, report, shared)
    before = states = first.state, second.state
    if reason := misfit_of(*states, _names(records)):
        return replace(found, misfit=reason)
    last = found.until if high is None else high
    while True:
        step = first.run.step
        if not have_same_numbers(*states):
            return _parted(found, records, before, states)
        if found.optimizer_step is None and (vectors := differing_vectors(*states)):
            found = replace(found, optimizer_step=step, optimizer=vectors, reasons=parting_reasons(records, before, states))
        if step >= last:
            break
        if step % _STEPS_BETWEEN_REPORTS == 0:
            report(f"step {step:,} of {last:,}", (step - low) / (last - low))
        # Their numbers are views, and will be others; what they were trained by stays.
        before = states
        first.advance()
        second.advance()
        states = first.state, second.state
    apart = None if high is None or found.optimizer_step is not None else _Snapshots(store, records).at(high)
    return found if apart is None else _machines_apart(found, records, apart)


def _parted(found: Divergence, records: _Records, before: _States, after: _States) -> Divergence:
    step = after[0].checkpoint.counters.step
    if found.optimizer_step is None and (vectors := differing_vectors(*after)):
        found = replace(found, optimizer_step=step, optimizer=vectors)
    reasons = parting_reasons(records, before, after)
    return replace(found, step=step, tensors=differing_numbers(*after), reasons=reasons)


def _machines_apart(found: Divergence, records: _Records, after: _States) -> Divergence:
    """Trained again here they do not part, but their snapshots did."""
    parted = _parted(found, records, after, after)
    reasons = machine_reasons(records) or ("one of them was trained with other bits than this machine makes",)
    return replace(parted, reasons=(*reasons, "trained again on this machine they do not part"))


def _edited_apart(records: _Records) -> list[int]:
    """The steps at which parameters of one of them alone were changed by hand."""
    edits = [record.edits for record in records]
    return [event[1] for own, others in (edits, edits[::-1]) for event in own if event not in others]


def _names(records: _Records) -> tuple[str, str]:
    return f"run {records[0].number:,}", f"run {records[1].number:,}"


def _later(records: _Records) -> str:
    return f"{max(records, key=lambda record: record.first_step).number:,}"
