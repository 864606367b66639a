"""Every key that does something and what it does, in sections: the table of actions, then keys of whatever has the focus."""

from typing import NamedTuple

from nnlab.ui.actions import ACTIONS, keys_text
from nnlab.ui.runs_panel.run_actions import RUN_ACTIONS


class KeyLine(NamedTuple):
    """Keys, each as a person knows it: Shift+→; and what they do."""

    keys: tuple[str, ...]
    what: str

    def matches(self, words: str) -> bool:
        """Whether every word that is looked for stands in the line: "sh" finds Shift+→ and "Show the run"."""
        text = f"{' '.join(self.keys)} {self.what}".lower()
        return all(word in text for word in words.lower().split())


class KeySection(NamedTuple):
    """Keys that belong together: those of a menu, or of what has the focus."""

    title: str
    lines: tuple[KeyLine, ...]


def key_sections() -> tuple[KeySection, ...]:
    """Menu by menu, then what has keys of its own while it has the focus."""
    menus = dict.fromkeys(row.menu for row in ACTIONS.values())
    listed = (
        KeySection(
            f"{menu} menu",
            tuple(
                KeyLine(tuple(keys_text(row).split(", ")), row.help or row.words.rstrip("…"))
                for row in ACTIONS.values()
                if row.menu == menu and keys_text(row)
            ),
        )
        for menu in menus
    )
    # The keys that are pressed most come first.
    first = sorted((section for section in listed if section.lines), key=lambda section: section.title != "Run menu")
    with_keys = (row for row in RUN_ACTIONS.values() if row.keys)
    runs = KeySection("In the list of runs", tuple(KeyLine((_known(row.keys),), row.help) for row in with_keys))
    return (*first, _FIELDS, _PICTURES, _TRACK, runs, _LISTS, _BROWSER)


def _known(key: str) -> str:
    """As it stands on most keyboards."""
    return {"Return": "Enter", "Delete": "Del"}.get(key, key)


_FIELDS = KeySection(
    "In a field",
    (
        KeyLine(("Enter",), "Enter what was typed, and leave the field"),
        KeyLine(("Esc",), "Take back what was typed, and leave the field"),
        KeyLine(("Tab", "Shift+Tab"), "On to the next field, and back"),
        KeyLine(("↑", "↓"), "The next larger or smaller number: 0.01, 0.02, 0.05, 0.1"),
        KeyLine(("Space",), "Runs and pauses, except where a text is typed"),
    ),
)
_PICTURES = KeySection(
    "In a picture, reached with Tab",
    (
        KeyLine(("←", "→", "↑", "↓"), "To the next cell, example, unit or point"),
        KeyLine(("Enter",), "What a click does: select it"),
    ),
)
_TRACK = KeySection(
    "On the timeline's track",
    (
        KeyLine(("Home", "End"), "The first step, and the last"),
        KeyLine(("Page Up", "Page Down"), "The epoch before, and the next"),
    ),
)
_LISTS = KeySection(
    "In other lists",
    (
        KeyLine(("↑", "↓"), "The row above, and the row below"),
        KeyLine(("Space",), "Tick the row, where it can be ticked; else run and pause"),
        KeyLine(("Alt+↓",), "Open a drop-down list"),
        KeyLine(("Del",), "Remove a condition at which training stops"),
    ),
)
_BROWSER = KeySection(
    "Among the pictures of Browse the data",
    (
        KeyLine(("←", "→", "↑", "↓"), "From one example to the next"),
        KeyLine(("Page Up", "Page Down"), "A page back, and on"),
        KeyLine(("Home", "End"), "The first example, and the last"),
    ),
)
