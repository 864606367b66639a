"""What a worker of a Dask cluster does: it trains a trial where there is no store, and sends the whole run back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.experiments.assembly import LoadedData
from nnlab.experiments.computer import threads_within
from nnlab.experiments.places import data_folders
from nnlab.experiments.sweeps.carried import CarriedJournal
from nnlab.experiments.sweeps.task import Outcome, Task
from nnlab.experiments.sweeps.trainer import Trainer
from nnlab.optional import required

# Between the trials of a sweep, in the worker's process.
_LOADED = LoadedData()


def train_there(task: Task, key: str, here: str, folders: Sequence[str]) -> Outcome:
    """Train on the worker that this is. Relative paths lead on from `here`; data is looked for in the folders of whoever
    sweeps, where they are there, and in the worker's own.
    """
    worker = required("dask").get_worker()
    places = dict.fromkeys([*map(Path, folders), *data_folders()])
    journal = CarriedJournal()
    trainer = Trainer(list(places), journal, loaded=_LOADED, here=Path(here), who=f"worker {worker.address}: ")
    with threads_within(1):
        outcome = trainer.train(task, lambda: _is_unwanted(worker, key))
    return replace(outcome, carried=journal.taken(), notices=tuple(journal.said))


def forget_data() -> None:
    """The sweep has ended: its data need not stay in the worker's memory."""
    _LOADED.forget()


def _is_unwanted(worker: Any, key: str) -> bool:
    """Whether nobody waits for the trial any more: the sweep was stopped, or whoever ran it is gone.

    A task that has begun is not ended by Dask; its worker is told, and knows by its state.
    """
    task = worker.state.tasks.get(key)
    return task is None or task.state in ("cancelled", "released")
