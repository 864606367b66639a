"""The curves of several seeds' runs, short enough that all of them are drawn in an eyeblink."""

from nnlab.errors import NnlabError
from nnlab.experiments.journal.curve_parts import history_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.experiments.journal.store import RunStore
from nnlab.training.history import History

# A plot is hardly wider.
_MOST_ROWS = 1024


def short_history(store: RunStore, record: RunRecord) -> History | None:
    """Of a run up to the last step that was written; None where it cannot be read."""
    try:
        return shortened(history_of(store.curves(record.number), record.step, record.score))
    except NnlabError:
        return None


def shortened(history: History, most: int = _MOST_ROWS) -> History:
    """The same in fewer rows: each is the mean of the losses and scores of several, or the last of what else they have."""
    short = History(most, history.score)
    for table, own in history.tables.items():
        for name, column in own.items():
            short.tables[table][name].extend(column.values)
    short.best = dict(history.best)
    return short
