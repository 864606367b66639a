"""What was changed in a run against the one before it, which is what the list calls it by."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import NnlabError
from nnlab.experiments.journal.differing import automatic_name
from nnlab.experiments.journal.learned import as_learned
from nnlab.experiments.journal.records import RunRecord, flat_settings
from nnlab.training.events import SettingsChange


def changed_words(record: RunRecord, before: RunRecord | None) -> str:
    """Such as "lr 0.05 → 0.01"; "" where nothing was changed. What was set in the run that a branch comes from after they
    parted is no change of the branch.
    """
    if before is None:
        return ""
    is_parent, step = record.parent == before.number, record.parent_step or 0
    settings = settings_at(before, step) if is_parent and step < before.step else before.settings
    return automatic_name(settings, record.settings)


def settings_at(record: RunRecord, step: int) -> Mapping[str, Any]:
    """The settings by which a run had made so many updates."""
    changes = [SettingsChange(*event[1:]) for event in record.events if _is_change(event)]
    if not any(change.step >= step for change in changes):
        return record.settings
    try:
        return flat_settings(as_learned(record.present_experiment(), tuple(changes), step))
    except (NnlabError, KeyError, TypeError):
        # It was damaged; the list is there all the same.
        return record.settings


def _is_change(event: Any) -> bool:
    return isinstance(event, list) and len(event) == 4 and event[0] == "settings" and type(event[1]) is int
