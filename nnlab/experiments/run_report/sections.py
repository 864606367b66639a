"""The parts of a report that are words and tables: what a run was told, what came of it, and on which machine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from nnlab.errors import NnlabError
from nnlab.experiments.changes import changes, parameter_words
from nnlab.experiments.experiment import Experiment
from nnlab.experiments.journal.learned import changed_by
from nnlab.experiments.run_report.markup import Content, Markup, element, section, table
from nnlab.experiments.run_report.reported import Reported
from nnlab.experiments.setting_words import setting_rows
from nnlab.models.capabilities import is_layered
from nnlab.models.layers import Layer
from nnlab.models.layers.combined import Combined
from nnlab.models.metrics import CLASS_METRICS, VALUE_METRICS
from nnlab.models.metrics.metric import Metric
from nnlab.training.events import SettingsChange
from nnlab.words import counted, figure, shown

_METRICS: tuple[Metric[Any], ...] = (*CLASS_METRICS, *VALUE_METRICS)
_FORMS = {metric.name: metric for metric in _METRICS}
_PARTS = (("train", "training"), ("validation", "validation"))
_MOST_EVENTS = 500


def summary(reported: Reported) -> Markup:
    """What the run is, in a paragraph; and what a person wrote about it."""
    record, model = reported.record, reported.experiment.model
    title = record.facts.get("title", record.settings.get("dataset.source", ""))
    said = [
        f"{model.title} on {title}",
        f"started {datetime.fromtimestamp(record.started):%Y-%m-%d %H:%M}",
        f"{counted(record.step, 'step')}, {figure(record.epoch)} epochs, {record.seconds:,.1f} s of training",
        record.ending or "not ended yet",
    ]
    if record.parent is not None:
        said.append(f"branched from run {record.parent:,} at step {record.parent_step or 0:,}")
    marks = [*(["★"] if record.star else []), *record.tags]
    return Markup(
        element("p", " · ".join(said), class_="lead")
        + (element("p", " ".join(marks), class_="muted") if marks else "")
        + (element("p", record.notes, class_="notes") if record.notes else "")
    )


def figures(reports: Sequence[Reported]) -> Markup:
    """Last and best, of every run, each with its difference from the first."""
    names = dict.fromkeys(name for reported in reports for name in reported.record.figures)
    rows = []
    for name in names:
        values = [reported.record.figures.get(name) for reported in reports]
        if all(value is None for value in values):
            continue
        base, *others = values
        rows.append([_figure_name(name, reports[0]), _figure(name, base), *(_figure(name, value, base) for value in others)])
    return section("Figures", table(rows, ["", *_names(reports)], "numbers"))


def settings(reports: Sequence[Reported]) -> Markup:
    """Of one run all; of several those that are not the same in all."""
    # Of one run they stand in a part of their own.
    tables = [_settings_of(reported.experiment, len(reports) > 1) for reported in reports]
    names = dict.fromkeys(name for each in tables for name in each)
    rows: list[list[Content]] = []
    for name in names:
        cells = [each.get(name, ("", "none"))[1] for each in tables]
        label = next(each[name][0] for each in tables if name in each)
        if len(reports) == 1 or len(set(cells)) > 1:
            rows.append([[label, " ", element("code", name)], *cells])
    if len(reports) == 1:
        return section("Settings", table(rows))
    same = element("p", "They have the same settings.")
    return section("Settings that differ", table(rows, ["", *_names(reports)]) or same)


def layers(reported: Reported) -> Markup:
    """The layers one below the other, those inside of others indented."""
    model = reported.experiment.model
    if not is_layered(model) or not model.layers:
        return Markup()
    count = reported.record.facts.get("parameters")
    total = [element("p", f"{counted(int(count), 'parameter')}", class_="muted")] if isinstance(count, int) else []
    return section("Layers", _list_of(model.layers), *total)


def by_hand(reported: Reported) -> Markup:
    """What was done to the run while it trained, in the words of undo, and where it stopped."""
    rows: list[list[Content]] = []
    experiment, events = reported.begun, reported.record.events
    heading = _heading_of(events)
    for event in events[:_MOST_EVENTS]:
        try:
            words, experiment = _event_words(event, experiment)
        except (TypeError, ValueError, LookupError, NnlabError):
            return section(heading, table(rows), element("p", "The rest cannot be read any more.", class_="trouble"))
        rows += [[f"{event[1]:,}", line] for line in words]
    more = len(events) - _MOST_EVENTS
    rest = [element("p", f"And {counted(more, 'more of these', 'more of these')}.")] if more > 0 else []
    return section(heading, table(rows, ["after step", "what"]), *rest)


def _heading_of(events: Sequence[Any]) -> str:
    """What the events are: nobody did anything where a run only stopped at its breakpoints."""
    are_stops = {bool(event) and event[0] == "stop" for event in events if isinstance(event, list)}
    if True not in are_stops:
        return "Changed by hand"
    return "Changed by hand, and where it stopped" if False in are_stops else "Where it stopped"


def _event_words(event: Any, experiment: Experiment) -> tuple[list[str], Experiment]:
    """What was done, or that it stopped, and the experiment since."""
    if event[0] == "edit":
        _, _, tensor, position, before, after = event
        return [parameter_words(tensor, position, before, after)], experiment
    if event[0] == "stop":
        return [f"stopped: {event[2]}"], experiment
    if event[0] == "weights":
        return [f"weights imported from {event[2]}"], experiment
    _, step, before, after = event
    changed = changed_by(experiment, SettingsChange(step, before, after))
    return [change.words for change in changes(experiment, changed)], changed


def changed_before(reported: Reported, other: Reported | None) -> Markup:
    """What was changed against the run that it comes from, or else the one before it."""
    if other is None:
        return Markup()
    found = [change.words for change in changes(other.experiment, reported.begun)]
    lines = element("ul", *(element("li", words) for words in found)) if found else element("p", "Nothing.")
    return section(f"Changed against run {other.record.number:,}, {shown(other.record.name)}", lines)


def machine(reported: Reported) -> Markup:
    """Which data, and which machine and versions."""
    facts = reported.record.facts
    words = {
        "title": "Data",
        "machine": "Machine",
        "cores": "Cores",
        "threads": "Threads",
        "nnlab": "nnlab",
        "numpy": "NumPy",
        "blas": "BLAS",
    }
    rows = [[word, str(facts[name])] for name, word in words.items() if name in facts]
    rows.insert(1, ["Data's checksum", reported.record.data])
    return section("Data and machine", table(rows))


def _names(reports: Sequence[Reported]) -> list[Content]:
    return [reported.heading for reported in reports] if len(reports) > 1 else [""]


def _settings_of(experiment: Experiment, has_layers: bool) -> dict[str, tuple[str, str]]:
    """By dotted names, labels and values."""
    parts = {"dataset": experiment.dataset, "model": experiment.model, "training": experiment.training}
    found = {"model.kind": ("Model", experiment.model.title)}
    for name, part in parts.items():
        found |= {row.name: (row.label, row.words) for row in setting_rows(part, name)}
    if has_layers and is_layered(experiment.model):
        found["model.layers"] = ("Layers", ", ".join(layer.summary() for layer in experiment.model.layers))
    return found


def _list_of(own: Sequence[Layer]) -> Markup:
    return element("ol", *(element("li", *_layer(layer)) for layer in own), class_="layers")


def _layer(layer: Layer) -> list[Content]:
    if not isinstance(layer, Combined):
        return [layer.summary()]
    return [layer.title, *(_list_of(branch) if branch else element("p", "as it is") for branch in layer.branches)]


def _figure_name(name: str, reported: Reported) -> str:
    """train_loss, best_validation_accuracy: training loss, best validation accuracy."""
    words = name
    for part, word in _PARTS:
        words = words.replace(f"{part}_", f"{word} ")
    words = words.replace("best_", "best ")
    *first, last = words.split(" ") if " " in words or words.endswith("epoch") else ("last step's", words)
    title = reported.experiment.model.loss_title if last == "loss" else _FORMS[last].title if last in _FORMS else last
    return " ".join([*first, title.replace("_", " ")])


def _figure(name: str, value: float | None, base: float | None = None) -> str:
    """The number as its metric is written, with its difference from that of the first run."""
    if value is None:
        return "none"
    metric = next((metric for word, metric in _FORMS.items() if name.endswith(word)), None)
    is_count = name.endswith("epoch")
    text = metric.text(value) if metric is not None else f"{value:,.0f}" if is_count else figure(value)
    return text if base is None else f"{text} ({figure(value - base, 3, plus=True)})"
