"""Words that Qt is to show as they are, where it would take what looks like markup, or an &, for its own."""

from html import escape

from PySide6.QtWidgets import QWidget


def literally(text: str) -> str:
    """Rich text that reads exactly so, for what Qt may take for HTML: tooltips, message boxes. Nothing stays nothing."""
    return f"<p style='white-space:pre-wrap'>{escape(text)}</p>" if text else ""


def without_shortcut(text: str) -> str:
    """The text of a button or a menu's entry that holds a name: an & in it stands for no key."""
    return text.replace("&", "&&")


def explain(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip that wraps: Qt keeps plain text in one line, however long; only rich text has several."""
    widget.setToolTip("".join(f"<p>{escape(line)}</p>" for line in text.split("\n")) if text else "")


def set_tooltip(widget: QWidget, text: str) -> None:
    """Give a widget a tooltip while it trains: Qt tells everybody of one that is set, also of the same one again."""
    if widget.toolTip() != text:
        widget.setToolTip(text)
