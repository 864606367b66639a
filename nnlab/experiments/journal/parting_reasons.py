"""What was not the same about two runs where they part, in words."""

from nnlab.experiments.journal.differing import differences
from nnlab.experiments.journal.records import RunRecord, flat_settings
from nnlab.experiments.journal.state_differences import State

# They say how long a run trains, where it stops and what is kept of it, and act on no step.
_WITHOUT_EFFECT = ("training.epochs", "training.steps", "training.patience", "training.keep", "training.stop_when")
# What else bits depend on.
_FACTS = {"helpers": "helpers", "threads": "threads", "numpy": "NumPy", "blas": "BLAS", "machine": "machine"}

# What holds where it was not written down yet.
_UNTOLD = {"helpers": 1}

_Records = tuple[RunRecord, RunRecord]
_States = tuple[State, State]


def parting_reasons(records: _Records, before: _States, after: _States) -> tuple[str, ...]:
    """Of two runs that part between these states, or are these states from the start."""
    one, other = (flat_settings(state.experiment) for state in before)
    schedules = {table["training.schedule"] for table in (one, other)}
    # A schedule goes by the share of the epochs.
    silent = _WITHOUT_EFFECT if schedules == {"constant"} else _WITHOUT_EFFECT[1:]
    found = [difference for difference in differences(one, other) if difference.name not in silent]
    reasons = [difference.words for difference in found]
    if records[0].data != records[1].data and not any(each.name.startswith("dataset.") for each in found):
        # Its file was changed in between.
        reasons.append("they learn from different data, though it is called alike")
    return (*reasons, *_divided(records), *_imported(records), *_by_hand(records, after), *_put_back(records, after))


def machine_reasons(records: _Records) -> tuple[str, ...]:
    """What of the machines that trained them differs."""
    facts = [record.facts for record in records]
    return tuple(
        f"{word} {one} and {other}"
        for name, word in _FACTS.items()
        for one, other in [[each.get(name, _UNTOLD.get(name)) for each in facts]]
        if one != other
    )


def _divided(records: _Records) -> list[str]:
    """Batches in other parts: of what the machines have in common it is the one thing that a person chose."""
    one, other = (record.facts.get("helpers", 1) for record in records)
    return [f"helpers {one} and {other}"] if one != other else []


def _imported(records: _Records) -> list[str]:
    """Weights from a file with which one of them alone begins."""
    sums = [[event[3] for event in record.imports] for record in records]
    return [
        f"run {record.number:,} begins with weights out of {event[2]}"
        for record in records
        for event in record.imports
        if sums[0] != sums[1]
    ]


def _by_hand(records: _Records, after: _States) -> list[str]:
    """Parameters that one of them alone was given at this very step."""
    step = after[0].checkpoint.counters.step
    edits = [[event for event in record.edits if event[1] == step] for record in records]
    return [
        f"in run {record.number:,} {event[2]} at ({', '.join(map(str, event[3]))}) was changed by hand"
        for record, own, others in zip(records, edits, reversed(edits), strict=True)
        for event in own
        if event not in others
    ]


def _put_back(records: _Records, after: _States) -> list[str]:
    """Of a run that ended its best epoch, where the other has not the same."""
    kept = [state.checkpoint.kept_epoch for state in after]
    return [
        f"run {record.number:,} put back its best epoch, {epoch:,}, at its end"
        for record, epoch in zip(records, kept, strict=True)
        if epoch and kept[0] != kept[1]
    ]
