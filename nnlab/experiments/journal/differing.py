"""What was changed from one run to the next, in the words that a person changed it by."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

# Settings as people call them.
SHORT_NAMES = {
    "training.learning_rate": "lr",
    "training.batch_size": "batch",
    "training.weight_decay": "decay",
    "dataset.source": "dataset",
    "model.kind": "model",
}
_LONGEST = 32
# What does not tell one run from another where everything else is equal.
_SILENT = ("training.epochs", "training.steps", "training.stop_when")


class Difference(NamedTuple):
    """A setting that two runs have differently; None where one has it not at all."""

    name: str
    before: Any
    after: Any

    @property
    def words(self) -> str:
        """Such as "lr 0.05 → 0.01"."""
        before, after = (_text(value) for value in (self.before, self.after))
        if ", " in before and ", " in after:
            before, after = _apart(before.split(", "), after.split(", "))
        return f"{short_name(self.name)} {_cut(before)} → {_cut(after)}"


def short_name(name: str) -> str:
    """What a setting is called where there is little room."""
    return SHORT_NAMES.get(name, name.partition(".")[2].replace("_", " "))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Of two flat tables of settings, by dotted names, in their order."""
    names = dict.fromkeys((*before, *after))
    return [Difference(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]


def automatic_name(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str:
    """What a run is called by what was changed against the one before; "" where nothing was, or nothing was before."""
    if before is None:
        return ""
    found = differences(before, after)
    # How long it trained is said only where nothing else is to be said.
    telling = [difference for difference in found if difference.name not in _SILENT] or found
    return ", ".join(difference.words for difference in telling)


def differing_names(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    """The settings that are not the same in all of the tables."""
    names = dict.fromkeys(name for table in tables for name in table)
    return [name for name in names if any(table.get(name) != tables[0].get(name) for table in tables[1:])]


def telling_words(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of each table in what it differs from the others: "lr 0.1, batch 32"; "" where all are the same."""
    names = differing_names(tables)
    telling = [name for name in names if name not in _SILENT] or names
    return [", ".join(f"{short_name(name)} {_cut(_text(table.get(name)))}" for name in telling) for table in tables]


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _apart(before: list[str], after: list[str]) -> tuple[str, str]:
    """Of two lists what is left without what they have in common at both ends."""
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return ", ".join(before) or "none", ", ".join(after) or "none"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
