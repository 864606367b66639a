"""The question before a sweep is deleted: its table of trials cannot be had again, its runs can."""

from PySide6.QtWidgets import QWidget

from nnlab.experiments.sweeps.records import SweepRecord
from nnlab.ui.widgets.question import Button, ask
from nnlab.words import shown

_WORDS = {Button.Discard: "Delete", Button.Cancel: "Cancel"}


def is_to_go(window: QWidget, record: SweepRecord) -> bool:
    """Ask about this sweep."""
    text = f"Delete sweep {record.number:,}, {shown(record.name)}?"
    question = f"Its table of trials goes for good. Its runs stay in Runs: sweep = {record.number} finds them."
    return ask(window, "Delete the sweep", text, question, _WORDS, Button.Cancel) == Button.Discard
