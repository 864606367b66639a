"""Tooltips of more than a few words."""

from html import escape

from PySide6.QtWidgets import QWidget


def explain(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip that wraps: Qt keeps plain text in one line, however long; only rich text has several."""
    widget.setToolTip("".join(f"<p>{escape(line)}</p>" for line in text.split("\n")))
