"""What a script leaves out of the run that it is written from: it begins where the experiment does."""

from contextlib import closing

from nnlab.experiments.exports.target import Source
from nnlab.experiments.journal.store import open_store
from nnlab.experiments.model_file import load_model
from nnlab.experiments.places import runs_folder


def left_out(source: Source) -> tuple[str, ...]:
    """In a sentence, where the experiment alone does not lead to what the run or the model has learned."""
    if source.run is not None:
        store, _ = open_store(runs_folder())
        with closing(store):
            record = store.run(source.run)
        return _told(f"run {source.run}", bool(record.events), record.begins_elsewhere)
    if source.model is not None:
        return _told(source.model.name, bool(load_model(source.model).checkpoint.events), False)
    return ()


def _told(what: str, was_changed: bool, begins_elsewhere: bool) -> tuple[str, ...]:
    if begins_elsewhere:
        return (f"What {what} went on from is left out: this begins at the start.",)
    return (f"What was done to {what} by hand is left out.",) if was_changed else ()
