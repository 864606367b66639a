"""What the list of runs shows of a run: one row a column. The settings are columns, too, made when they are asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.journal.differing import short_name
from nnlab.experiments.journal.filtering import value_of
from nnlab.experiments.journal.records import RunRecord
from nnlab.models.metrics import CLASS_METRICS, VALUE_METRICS
from nnlab.ui.clock import clock
from nnlab.ui.runs_panel.library import Library
from nnlab.ui.runs_panel.when import when
from nnlab.words import figure, printable

_SCORES = {first.name: first for first in (CLASS_METRICS[0], VALUE_METRICS[0])}
_SETTING = "setting:"


@dataclass(frozen=True)
class RunColumn:
    """name tells it from all others and is kept; of is what it is sorted by, text what is read.

    width: at first, in pixels    column: of the store, which is edited in place
    """

    name: str
    title: str
    help: str
    of: Callable[[Library, RunRecord], Any]
    text: Callable[[Library, RunRecord], str]
    width: int = 72
    is_number: bool = False
    is_shown: bool = True  # until a person chooses
    column: str = ""


def _plain(name: str) -> Callable[[Library, RunRecord], Any]:
    return lambda library, record: getattr(record, name)


def _nothing(library: Library, record: RunRecord) -> str:
    return ""


def _score(library: Library, record: RunRecord) -> Any:
    return value_of(record, record.score) if record.score else None


def _score_text(library: Library, record: RunRecord) -> str:
    value = _score(library, record)
    return _SCORES[record.score].text(value) if isinstance(value, int | float) and record.score in _SCORES else ""


def _loss(library: Library, record: RunRecord) -> Any:
    return value_of(record, "loss")


def _loss_text(library: Library, record: RunRecord) -> str:
    value = _loss(library, record)
    return figure(value) if isinstance(value, int | float) else ""


def _run_text(library: Library, record: RunRecord) -> str:
    return printable(" · ".join(filter(None, (record.name, library.changed(record)))))


def _seconds_text(library: Library, record: RunRecord) -> str:
    # A clock that went backwards has measured nothing.
    return clock(record.seconds) if 0 <= record.seconds < 1e9 else ""


def state_of(library: Library, record: RunRecord) -> str:
    """What has become of it."""
    if record.number == library.training:
        return "training"
    if record.ending:
        return record.ending
    if record.number not in library.held:
        return "interrupted"
    # Of another framework's run there is nothing that could be open.
    return "training" if record.framework else "open"


def _parent_text(library: Library, record: RunRecord) -> str:
    return f"run {record.parent:,} at {record.parent_step or 0:,}" if record.parent is not None else ""


def _tags_text(library: Library, record: RunRecord) -> str:
    return printable(", ".join(map(str, record.tags)))


COLUMNS: tuple[RunColumn, ...] = (
    RunColumn("tick", "", "Whether its curves lie beside the present ones", lambda library, record: None, _nothing, 40),
    RunColumn("star", "★", "Starred runs; a click stars one", _plain("star"), _nothing, 24),
    RunColumn(
        "number",
        "#",
        "What it is called on the command line",
        _plain("number"),
        lambda library, record: f"{record.number:,}",
        46,
        is_number=True,
    ),
    RunColumn(
        "name", "Name", "Its name, and what was changed since the run before", _run_text, _run_text, 176, column="name"
    ),
    RunColumn("curve", "Loss", "The loss from its first step to its last", _loss, _nothing, 56),
    RunColumn("score", "Score", "The best accuracy or R², of the validation if there is one", _score, _score_text, 78, True),
    RunColumn("loss", "Best loss", "The lowest loss: of the validation where there is one", _loss, _loss_text, 72, True),
    RunColumn(
        "epoch",
        "Epochs",
        "How far it came",
        _plain("epoch"),
        lambda library, record: figure(record.epoch),
        60,
        True,
        False,
    ),
    RunColumn(
        "step", "Steps", "Updates made", _plain("step"), lambda library, record: f"{record.step:,}", 68, is_number=True
    ),
    RunColumn("seconds", "Trained", "How long it was trained", _plain("seconds"), _seconds_text, 64, True),
    RunColumn(
        "started",
        "Begun",
        "When it was begun",
        _plain("started"),
        lambda library, record: when(record.started),
        116,
    ),
    RunColumn("state", "State", "Why it ended, or that it can go on", state_of, state_of, 116),
    RunColumn("tags", "Tags", "With commas between; `tag = baseline` finds them", _tags_text, _tags_text, 96, column="tags"),
    RunColumn(
        "notes",
        "Notes",
        "What there is to say about it",
        _plain("notes"),
        lambda library, record: printable(record.notes),
        140,
        column="notes",
    ),
    RunColumn("parent", "Branch of", "The run and step it goes on from", _plain("parent"), _parent_text, 104, False, False),
)
_BY_NAME = {column.name: column for column in COLUMNS}


def setting_column(name: str) -> RunColumn:
    """The column of a setting, by its whole name."""

    def of(library: Library, record: RunRecord) -> Any:
        return record.settings.get(name)

    def text(library: Library, record: RunRecord) -> str:
        """As in the forms: on and off, and numbers as short as they are."""
        value = record.settings.get(name)
        if isinstance(value, bool):
            return "on" if value else "off"
        return "" if value is None else printable(figure(value, 6) if isinstance(value, float) else str(value))

    return RunColumn(f"{_SETTING}{name}", short_name(name), name, of, text, 84)


def column_of(name: str) -> RunColumn | None:
    """The column that is kept under a name."""
    if name.startswith(_SETTING):
        return setting_column(name.removeprefix(_SETTING))
    return _BY_NAME.get(name)
