"""What was changed in a run against the one before it, which is what the list calls it by."""

from collections.abc import Mapping
from typing import Any

from nnlab.errors import NnlabError
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.differing import automatic_name
from nnlab.experiments.journal.records import RunRecord, flat_settings
from nnlab.experiments.journal.replay import changed_by
from nnlab.training.events import Event, SettingsChange


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


def as_learned(experiment: Experiment, events: tuple[Event, ...], step: int) -> Experiment:
    """Without what was set after so many updates or later: it acts from the next one on."""
    for event in reversed(events):
        if event.step < step:
            break
        if isinstance(event, SettingsChange):
            experiment = changed_by(experiment, SettingsChange(event.step, event.after, event.before))
    return experiment


def _is_change(event: Any) -> bool:
    return isinstance(event, list) and len(event) == 4 and event[0] == "settings" and type(event[1]) is int
