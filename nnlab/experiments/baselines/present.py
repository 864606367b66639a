"""nnlab's own run as it lies in the store, to be compared with baselines: as far as it has come."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nnlab.datasets import Dataset
from nnlab.experiments.baselines.comparison import Contestant
from nnlab.experiments.baselines.frameworks import NNLAB
from nnlab.experiments.baselines.messages import BaselineError, Begun
from nnlab.experiments.baselines.runner import END, is_looked_at
from nnlab.experiments.baselines.trajectory import last_figures
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.experiments.journal.visiting import Visitor
from nnlab.report import Report, silent


def misfit_of(record: RunRecord) -> str:
    """Why its steps are not those of its experiment alone; empty where they are."""
    if record.first_step:
        return "it went on from another run or a model file"
    # A stop changes nothing; what cannot be read may be a change.
    if any(not isinstance(event, list) or event[:1] != ["stop"] for event in record.events):
        return "something was changed by hand while it trained"
    return ""


def kept_contestant(
    store: RunStore,
    number: int,
    place: Path,
    folders: Sequence[Path],
    dataset: Dataset | None = None,
    report: Report = silent,
) -> Contestant:
    """The run, with its parameters written into a folder. Its times and its memory are not known: in a window it shares them
    with what is drawn.
    """
    record = store.run(number)
    if words := misfit_of(record):
        raise BaselineError(f"run {number:,} cannot be followed by another framework: {words}; train nnlab apart, too")
    history = history_of(store.curves(number), record.step, record.score)
    visitor = Visitor(store, number, folders, dataset, report)
    begun = _begun(visitor, history.score.name)
    vectors = place / NNLAB
    vectors.mkdir(exist_ok=True)
    for step in (step for step in range(1, record.step + 1) if is_looked_at(step)):
        _write(visitor, step, vectors, str(step), report)
    if record.ending:
        _write(visitor, record.step, vectors, END, report)
    return Contestant(
        NNLAB,
        NNLAB,
        str(record.facts.get("nnlab", "")),
        run=number,
        begun=begun,
        history=history,
        steps=record.step,
        epochs=int(record.epoch),
        epoch=record.epoch,
        figures=last_figures(history),
        vectors=vectors,
    )


def _begun(visitor: Visitor, score: str) -> Begun:
    """How the run is paced; it is asked before it stands anywhere else than at its beginning."""
    run, examples = visitor.run, len(visitor.run.data.split.train)
    size = run.settings.effective_batch_size(examples)
    return Begun(visitor.record.number, run.batches, size, examples, run.total_steps, score)


def _write(visitor: Visitor, step: int, vectors: Path, name: str, report: Report) -> None:
    np.save(vectors / f"{name}.npy", visitor.at(step, report).run.model.parameters.values)
