"""By which settings a run learned, where they were changed while it trained."""

from dataclasses import replace

from nnlab.experiments.experiment import Experiment, experiment_from_table, experiment_to_table
from nnlab.training.events import Event, SettingsChange


def as_learned(experiment: Experiment, events: tuple[Event, ...], step: int) -> Experiment:
    """Without what was set after so many updates or later: it acts from the next one on."""
    for event in reversed(events):
        if event.step < step:
            break
        if isinstance(event, SettingsChange):
            experiment = changed_by(experiment, SettingsChange(event.step, event.after, event.before))
    return experiment


def changed_by(experiment: Experiment, change: SettingsChange) -> Experiment:
    """The experiment with the settings that were changed while it trained."""
    table = experiment_to_table(experiment)
    for name in {**change.before, **change.after}:
        section, key = ("model", name.removeprefix("model.")) if name.startswith("model.") else ("training", name)
        if name in change.after:
            table[section][key] = change.after[name]
        else:
            table[section].pop(key, None)
    return replace(experiment_from_table(table), name=experiment.name, dataset=experiment.dataset)
